// group_norm_grad / 4_subgroup: d = rstd · (a g - avg(a g) - u · avg(a g u)), u = (x - mean) rstd
//
// The gradient of group_norm for x, with g that of its result and a the scale; averages run over
// the pixels and channels of a group. On the way: along[b, c] = sum over pixels of g · u and
// alone[b, c] = sum over pixels of g, which summed over b are the gradients of scale and shift.
//
// Layout    x, g and d are [batch, pixels, channels], mean and rstd are [batch, groups], along and
//           alone are [batch, channels], scale is [channels], row-major, in fours of
//           channels: channels / groups is a multiple of 4. scale is read if affine is 1, else
//           a = 1.
// Threads   a workgroup is one subgroup of SIZE lanes and owns a (b, group); lane t takes the
//           vectors t, t + SIZE, ... of its channels at every pixel. Two passes: sums, result.
// Sync      none: the lanes exchange their sums by shuffles, log2(SIZE) times each.
// Compare   3_quads, a group to one thread; 2_tree, the exchange through shared memory.

enable subgroups;

struct Params { batch: u32, pixels: u32, channels: u32, groups: u32, affine: u32 }

override SIZE: u32 = 32u;  // lanes of a subgroup on this adapter

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read> scale: array<vec4f>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> rstd: array<f32>;
@group(0) @binding(5) var<storage, read_write> d: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> along: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> alone: array<vec4f>;
@group(0) @binding(8) var<uniform> p: Params;

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
  let e = min(wid.x + wid.y * num.x, p.batch * p.groups - 1u);  // b·groups + group
  let quads = p.channels / 4u;
  let live = wid.x + wid.y * num.x < p.batch * p.groups;
  let width = quads / p.groups;
  let end = select(0u, width, live);  // workgroups outside have no channels
  let first = (e % p.groups) * width;
  let b = e / p.groups;
  let base = b * p.pixels * quads + first;
  let m = mean[e];
  let r = rstd[e];

  var sums = vec4f(0.0);    // of a g
  var sums_u = vec4f(0.0);  // of a g u
  for (var c = t; c < end; c += SIZE) {
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
  let average = sum_lanes(sums) / count;
  let average_u = sum_lanes(sums_u) / count;

  for (var c = t; c < end; c += SIZE) {
    var a = vec4f(1.0);
    if (p.affine == 1u) { a = scale[first + c]; }
    for (var q = 0u; q < p.pixels; q++) {
      let at = base + q * quads + c;
      let u = (x[at] - m) * r;
      d[at] = r * ((a * g[at] - average) - u * average_u);
    }
  }
}
