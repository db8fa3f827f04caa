// softmax_grad / 1_serial: d[o, j, i] = y[o, j, i] · (g[o, j, i] - sum over j of g · y)
//
// The gradient of softmax where y is its result and g the gradient of y.
//
// Layout    y, g and d are [outer, n, inner], row-major.
// Threads   one per line (o, i), so neighbours read neighbours when inner > 1.
// Sync      none.
// Compare   2_tree shares a line among threads; 3_rows loads four at a time.

struct Params { outer: u32, n: u32, inner: u32 }

override BLOCK: u32 = 32u;  // terms added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> d: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let line = (wid.x + wid.y * num.x) * WIDTH + t;
  if (line >= p.outer * p.inner) { return; }
  let base = (line / p.inner) * p.n * p.inner + line % p.inner;

  var total = 0.0;
  for (var head = 0u; head < p.n; head += BLOCK) {
    var part = 0.0;
    for (var j = head; j < min(head + BLOCK, p.n); j++) {
      let at = base + j * p.inner;
      part += g[at] * y[at];
    }
    total += part;
  }
  for (var j = 0u; j < p.n; j++) {
    let at = base + j * p.inner;
    d[at] = epilogue(y[at] * (g[at] - total), at);
  }
}
