// softmax_grad / 3_rows: d[o, j] = y[o, j] · (g[o, j] - sum over j of g · y)
//
// The gradient of softmax where y is its result and g the gradient of y.
//
// Layout    y, g and d are [outer, n], row-major, read and written four at a time: n is a multiple
//           of 4, inner is 1.
// Threads   one per row.
// Sync      none.
// Compare   1_serial, the same one element at a time.

struct Params { outer: u32, n: u32, inner: u32 }

override BLOCK: u32 = 32u;  // vectors added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> d: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = (wid.x + wid.y * num.x) * WIDTH + t;
  if (row >= p.outer) { return; }
  let quads = p.n / 4u;
  let end = (row + 1u) * quads;

  var sums = vec4f(0.0);
  for (var head = row * quads; head < end; head += BLOCK) {
    var part = vec4f(0.0);
    for (var j = head; j < min(head + BLOCK, end); j++) { part += g[j] * y[j]; }
    sums += part;
  }
  let total = (sums.x + sums.z) + (sums.y + sums.w);
  for (var j = row * quads; j < end; j++) {
    d[j] = epilogue(y[j] * (g[j] - total), 4u * j);
  }
}
