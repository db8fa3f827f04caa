// group_norm / 3_quads: y[b, q, c] = (x[b, q, c] - mean[b, g]) · rstd[b, g] · scale[c] + shift[c]
//
// g = c / (channels / groups) is the group of channel c. The mean and rstd = 1 / sqrt(variance +
// eps) are those of all pixels q and channels of a group. With one pixel and one group this is
// layer norm. (Wu, He 2018, eq. 1; Ba, Kiros, Hinton 2016, eq. 3)
//
// Layout    x and y are [batch, pixels, channels], mean and rstd are [batch, groups], scale and
//           shift are [channels], row-major, in fours of channels: channels / groups is a multiple
//           of 4. scale is read if affine has bit 1, shift if bit 2.
// Threads   one per (b, g). Three passes: mean, variance, result.
// Sync      none.
// Compare   1_serial, the same one channel at a time.

struct Params {
  batch: u32, pixels: u32, channels: u32, groups: u32,
  eps: f32,
  affine: u32,
}

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> scale: array<vec4f>;
@group(0) @binding(2) var<storage, read> shift: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> rstd: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // b·groups + g
  if (e >= p.batch * p.groups) { return; }
  let quads = p.channels / 4u;
  let width = quads / p.groups;
  let first = (e % p.groups) * width;
  let base = (e / p.groups) * p.pixels * quads + first;
  let count = f32(p.pixels * width * 4u);

  var total = vec4f(0.0);
  for (var q = 0u; q < p.pixels; q++) {
    var part = vec4f(0.0);  // each pixel by itself before it joins the total
    for (var c = 0u; c < width; c++) { part += x[base + q * quads + c]; }
    total += part;
  }
  let m = dot(total, vec4f(1.0)) / count;

  var squares = vec4f(0.0);
  for (var q = 0u; q < p.pixels; q++) {
    var part = vec4f(0.0);
    for (var c = 0u; c < width; c++) {
      let d = x[base + q * quads + c] - m;
      part += d * d;
    }
    squares += part;
  }
  let r = 1.0 / sqrt(dot(squares, vec4f(1.0)) / count + p.eps);
  mean[e] = m;
  rstd[e] = r;

  for (var c = 0u; c < width; c++) {
    var a = vec4f(1.0);
    var b = vec4f(0.0);
    if ((p.affine & 1u) != 0u) { a = scale[first + c]; }
    if ((p.affine & 2u) != 0u) { b = shift[first + c]; }
    for (var q = 0u; q < p.pixels; q++) {
      let at = base + q * quads + c;
      y[at] = ((x[at] - m) * r) * a + b;
    }
  }
}
