// softmax_grad / 5_wide_rows: d[o, j] = y[o, j] · (g[o, j] - sum over j of g · y)
//
// The gradient of softmax where y is its result and g the gradient of y.
//
// Layout    y, g and d are [outer, n], row-major, read and written sixteen at a time: n is a
//           multiple of 16, inner is 1.
// Threads   one per row. A CPU driver checks bounds once per 64 bytes, and divides for the length
//           of an array unless it was asked for before the loop; on a GPU neighbours would read a
//           row apart.
// Sync      none.
// Compare   3_rows, the same four at a time.

struct Params { outer: u32, n: u32, inner: u32 }

override BLOCK: u32 = 64u;  // sixteens added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> y: array<array<vec4f, 4>>;
@group(0) @binding(1) var<storage, read> g: array<array<vec4f, 4>>;
@group(0) @binding(2) var<storage, read_write> d: array<array<vec4f, 4>>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = (wid.x + wid.y * num.x) * WIDTH + t;
  let least = min(min(arrayLength(&y), arrayLength(&g)), arrayLength(&d));
  if ((row >= p.outer) | (least == 0u)) { return; }
  let begin = row * (p.n / 16u);
  let end = begin + p.n / 16u;

  var total = 0.0;
  for (var head = begin; head < end; head += BLOCK) {
    var part = 0.0;
    for (var j = head; j < min(head + BLOCK, end); j++) {
      let a = y[j];
      let b = g[j];
      let four = (a[0] * b[0] + a[1] * b[1]) + (a[2] * b[2] + a[3] * b[3]);
      part += (four.x + four.y) + (four.z + four.w);
    }
    total += part;
  }
  for (var j = begin; j < end; j++) {
    let a = y[j];
    let b = g[j];
    d[j] = array<vec4f, 4>(
      epilogue(a[0] * (b[0] - total), 16u * j),
      epilogue(a[1] * (b[1] - total), 16u * j + 4u),
      epilogue(a[2] * (b[2] - total), 16u * j + 8u),
      epilogue(a[3] * (b[3] - total), 16u * j + 12u),
    );
  }
}
