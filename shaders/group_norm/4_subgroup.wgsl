// group_norm / 4_subgroup: y[b, q, c] = (x[b, q, c] - mean[b, g]) · rstd[b, g] · scale[c]
//                                       + shift[c]
//
// g = c / (channels / groups) is the group of channel c. The mean and rstd = 1 / sqrt(variance +
// eps) are those of all pixels q and channels of a group. With one pixel and one group this is
// layer norm. (Wu, He 2018, eq. 1; Ba, Kiros, Hinton 2016, eq. 3)
//
// Layout    x and y are [batch, pixels, channels], mean and rstd are [batch, groups], scale and
//           shift are [channels], row-major, in fours of channels: channels / groups is a multiple
//           of 4. scale is read if affine has bit 1, shift if bit 2.
// Threads   a workgroup is one subgroup of SIZE lanes and owns a (b, g); lane t takes the vectors
//           t, t + SIZE, ... of the group. Three passes: mean, variance, result.
// Sync      none: the lanes exchange their sums by shuffles, log2(SIZE) times each.
// Compare   3_quads, a group to one thread; 2_tree, the exchange through shared memory.

enable subgroups;

struct Params {
  batch: u32, pixels: u32, channels: u32, groups: u32,
  eps: f32,
  affine: u32,
}

override SIZE: u32 = 32u;  // lanes of a subgroup on this adapter

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> scale: array<vec4f>;
@group(0) @binding(2) var<storage, read> shift: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> rstd: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

fn sum_lanes(v: vec4f) -> f32 {
  var s = (v.x + v.z) + (v.y + v.w);
  for (var lane = 1u; lane < SIZE; lane *= 2u) { s += subgroupShuffleXor(s, lane); }
  return s;
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) t: u32,
) {
  let e = wid.x + wid.y * num.x;  // b·groups + g
  let quads = p.channels / 4u;
  let width = quads / p.groups;
  let first = (e % p.groups) * width;
  let base = (e / p.groups) * p.pixels * quads + first;
  let count = f32(p.pixels * width * 4u);
  let n = select(0u, p.pixels * width, e < p.batch * p.groups);  // workgroups outside have none

  var total = vec4f(0.0);
  for (var i = t; i < n; i += SIZE) { total += x[base + (i / width) * quads + i % width]; }
  let m = sum_lanes(total) / count;

  var squares = vec4f(0.0);
  for (var i = t; i < n; i += SIZE) {
    let d = x[base + (i / width) * quads + i % width] - m;
    squares += d * d;
  }
  let r = 1.0 / sqrt(sum_lanes(squares) / count + p.eps);
  if ((t == 0u) & (n > 0u)) {
    mean[e] = m;
    rstd[e] = r;
  }

  for (var i = t; i < n; i += SIZE) {
    let c = i % width;
    let at = base + (i / width) * quads + c;
    var a = vec4f(1.0);
    var b = vec4f(0.0);
    if ((p.affine & 1u) != 0u) { a = scale[first + c]; }
    if ((p.affine & 2u) != 0u) { b = shift[first + c]; }
    y[at] = ((x[at] - m) * r) * a + b;
  }
}
