// group_norm_grad / 1_serial: d = rstd · (a g - avg(a g) - u · avg(a g u)), u = (x - mean) rstd
//
// The gradient of group_norm for x, with g that of its result and a the scale; averages run over
// the pixels and channels of a group. On the way: along[b, c] = sum over pixels of g · u and
// alone[b, c] = sum over pixels of g, which summed over b are the gradients of scale and shift.
//
// Layout    x, g and d are [batch, pixels, channels], mean and rstd are [batch, groups], along and
//           alone are [batch, channels], scale is [channels], row-major. scale is read if affine
//           is 1, else a = 1.
// Threads   one per (b, group). Two passes: sums, result.
// Sync      none.
// Compare   2_tree shares a group among threads; 3_quads loads four channels at a time.

struct Params { batch: u32, pixels: u32, channels: u32, groups: u32, affine: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> rstd: array<f32>;
@group(0) @binding(5) var<storage, read_write> d: array<f32>;
@group(0) @binding(6) var<storage, read_write> along: array<f32>;
@group(0) @binding(7) var<storage, read_write> alone: array<f32>;
@group(0) @binding(8) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // b·groups + group
  if (e >= p.batch * p.groups) { return; }
  let width = p.channels / p.groups;
  let first = (e % p.groups) * width;
  let b = e / p.groups;
  let base = b * p.pixels * p.channels + first;
  let m = mean[e];
  let r = rstd[e];

  var average = 0.0;    // of a g
  var average_u = 0.0;  // of a g u
  for (var c = 0u; c < width; c++) {
    var sum = 0.0;
    var sum_u = 0.0;
    for (var q = 0u; q < p.pixels; q++) {
      let at = base + q * p.channels + c;
      sum += g[at];
      sum_u += g[at] * ((x[at] - m) * r);
    }
    alone[b * p.channels + first + c] = sum;
    along[b * p.channels + first + c] = sum_u;
    var a = 1.0;
    if (p.affine == 1u) { a = scale[first + c]; }
    average += a * sum;
    average_u += a * sum_u;
  }
  average /= f32(p.pixels * width);
  average_u /= f32(p.pixels * width);

  for (var c = 0u; c < width; c++) {
    var a = 1.0;
    if (p.affine == 1u) { a = scale[first + c]; }
    for (var q = 0u; q < p.pixels; q++) {
      let at = base + q * p.channels + c;
      let u = (x[at] - m) * r;
      d[at] = r * ((a * g[at] - average) - u * average_u);
    }
  }
}
