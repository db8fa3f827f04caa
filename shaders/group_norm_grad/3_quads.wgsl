// group_norm_grad / 3_quads: d = rstd · (a g - avg(a g) - u · avg(a g u)), u = (x - mean) rstd
//
// The gradient of group_norm for x, with g that of its result and a the scale; averages run over
// the pixels and channels of a group. On the way: along[b, c] = sum over pixels of g · u and
// alone[b, c] = sum over pixels of g, which summed over b are the gradients of scale and shift.
//
// Layout    x, g and d are [batch, pixels, channels], mean and rstd are [batch, groups], along and
//           alone are [batch, channels], scale is [channels], row-major, in fours of
//           channels: channels / groups is a multiple of 4. scale is read if affine is 1, else
//           a = 1.
// Threads   one per (b, group). Two passes: sums, result.
// Sync      none.
// Compare   1_serial, the same one channel at a time.

struct Params { batch: u32, pixels: u32, channels: u32, groups: u32, affine: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read> scale: array<vec4f>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> rstd: array<f32>;
@group(0) @binding(5) var<storage, read_write> d: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> along: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> alone: array<vec4f>;
@group(0) @binding(8) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // b·groups + group
  if (e >= p.batch * p.groups) { return; }
  let quads = p.channels / 4u;
  let width = quads / p.groups;
  let first = (e % p.groups) * width;
  let b = e / p.groups;
  let base = b * p.pixels * quads + first;
  let m = mean[e];
  let r = rstd[e];

  var sums = vec4f(0.0);    // of a g
  var sums_u = vec4f(0.0);  // of a g u
  for (var c = 0u; c < width; c++) {
    var sum = vec4f(0.0);
    var sum_u = vec4f(0.0);
    for (var q = 0u; q < p.pixels; q++) {
      let at = base + q * quads + c;
      sum += g[at];
      sum_u += g[at] * ((x[at] - m) * r);
    }
    alone[b * quads + first + c] = sum;
    along[b * quads + first + c] = sum_u;
    var a = vec4f(1.0);
    if (p.affine == 1u) { a = scale[first + c]; }
    sums += a * sum;
    sums_u += a * sum_u;
  }
  let count = f32(p.pixels * width * 4u);
  let average = dot(sums, vec4f(1.0)) / count;
  let average_u = dot(sums_u, vec4f(1.0)) / count;

  for (var c = 0u; c < width; c++) {
    var a = vec4f(1.0);
    if (p.affine == 1u) { a = scale[first + c]; }
    for (var q = 0u; q < p.pixels; q++) {
      let at = base + q * quads + c;
      let u = (x[at] - m) * r;
      d[at] = r * ((a * g[at] - average) - u * average_u);
    }
  }
}
