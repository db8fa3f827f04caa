// group_norm / 2_tree: y[b, q, c] = (x[b, q, c] - mean[b, g]) · rstd[b, g] · scale[c] + shift[c]
//
// g = c / (channels / groups) is the group of channel c. The mean and rstd = 1 / sqrt(variance +
// eps) are those of all pixels q and channels of a group. With one pixel and one group this is
// layer norm. (Wu, He 2018, eq. 1; Ba, Kiros, Hinton 2016, eq. 3)
//
// Layout    x and y are [batch, pixels, channels], mean and rstd are [batch, groups], scale and
//           shift are [channels], row-major. scale is read if affine has bit 1, shift if bit 2.
// Threads   one workgroup per (b, g); thread t owns the elements t, t + WIDTH, ... of the group.
// Sync      two trees in shared memory, for the mean and for the squares; a barrier separates
//           every halving, one more keeps the squares from overwriting a sum still to be read.
// Compare   1_serial gives each group to one thread and needs no barrier.

struct Params {
  batch: u32, pixels: u32, channels: u32, groups: u32,
  eps: f32,
  affine: u32,
}

override WIDTH: u32 = 64u;  // threads per workgroup, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> scale: array<f32>;
@group(0) @binding(2) var<storage, read> shift: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> rstd: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

var<workgroup> partial: array<f32, WIDTH>;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = wid.x + wid.y * num.x;  // b·groups + g
  let width = p.channels / p.groups;
  let first = (e % p.groups) * width;
  let base = (e / p.groups) * p.pixels * p.channels + first;
  let count = p.pixels * width;
  let n = select(0u, count, e < p.batch * p.groups);  // workgroups outside have no elements

  var total = 0.0;
  for (var i = t; i < n; i += WIDTH) { total += x[base + (i / width) * p.channels + i % width]; }
  partial[t] = total;
  workgroupBarrier();
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    if (t < half) { partial[t] += partial[t + half]; }
    workgroupBarrier();
  }
  let m = partial[0] / f32(count);
  workgroupBarrier();

  var squares = 0.0;
  for (var i = t; i < n; i += WIDTH) {
    let d = x[base + (i / width) * p.channels + i % width] - m;
    squares += d * d;
  }
  partial[t] = squares;
  workgroupBarrier();
  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    if (t < half) { partial[t] += partial[t + half]; }
    workgroupBarrier();
  }
  let r = 1.0 / sqrt(partial[0] / f32(count) + p.eps);
  if ((t == 0u) & (n > 0u)) {
    mean[e] = m;
    rstd[e] = r;
  }

  for (var i = t; i < n; i += WIDTH) {
    let c = i % width;
    let at = base + (i / width) * p.channels + c;
    var a = 1.0;
    var b = 0.0;
    if ((p.affine & 1u) != 0u) { a = scale[first + c]; }
    if ((p.affine & 2u) != 0u) { b = shift[first + c]; }
    y[at] = ((x[at] - m) * r) * a + b;
  }
}
