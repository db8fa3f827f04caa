// group_norm_grad / 2_tree: d = rstd · (a g - avg(a g) - u · avg(a g u)), u = (x - mean) rstd
//
// The gradient of group_norm for x, with g that of its result and a the scale; averages run over
// the pixels and channels of a group. On the way: along[b, c] = sum over pixels of g · u and
// alone[b, c] = sum over pixels of g, which summed over b are the gradients of scale and shift.
//
// Layout    x, g and d are [batch, pixels, channels], mean and rstd are [batch, groups], along and
//           alone are [batch, channels], scale is [channels], row-major. scale is read if affine
//           is 1, else a = 1.
// Threads   one workgroup per (b, group), WX channels wide and WY pixels deep: thread (tx, ty) owns
//           the channels tx, tx + WX, ... of the pixels ty, ty + WY, ...
// Sync      for each WX channels a tree in shared memory over the pixels, then one over the
//           channels for the averages; a barrier before and after every halving.
// Compare   1_serial gives each group to one thread and needs no barrier.

struct Params { batch: u32, pixels: u32, channels: u32, groups: u32, affine: u32 }

override WX: u32 = 16u;  // channels side by side, a power of two
override WY: u32 = 4u;   // pixels side by side, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> scale: array<f32>;
@group(0) @binding(3) var<storage, read> mean: array<f32>;
@group(0) @binding(4) var<storage, read> rstd: array<f32>;
@group(0) @binding(5) var<storage, read_write> d: array<f32>;
@group(0) @binding(6) var<storage, read_write> along: array<f32>;
@group(0) @binding(7) var<storage, read_write> alone: array<f32>;
@group(0) @binding(8) var<uniform> p: Params;

var<workgroup> parts: array<vec2f, WX * WY>;  // of g and of g u

@compute @workgroup_size(WX, WY)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) t: vec3u,
) {
  let e = wid.x + wid.y * num.x;  // b·groups + group
  let width = p.channels / p.groups;
  let first = (e % p.groups) * width;
  let b = e / p.groups;
  let base = b * p.pixels * p.channels + first;
  let pixels = select(0u, p.pixels, e < p.batch * p.groups);  // workgroups outside have none
  let m = mean[min(e, p.batch * p.groups - 1u)];
  let r = rstd[min(e, p.batch * p.groups - 1u)];
  let slot = t.y * WX + t.x;

  var weighted = vec2f(0.0);  // sums of a g and a g u over this thread's channels
  for (var head = 0u; head < width; head += WX) {
    let c = head + t.x;
    var sums = vec2f(0.0);
    if (c < width) {
      for (var q = t.y; q < pixels; q += WY) {
        let at = base + q * p.channels + c;
        sums += g[at] * vec2f(1.0, (x[at] - m) * r);
      }
    }
    parts[slot] = sums;
    workgroupBarrier();
    for (var half = WY / 2u; half > 0u; half /= 2u) {
      if (t.y < half) { parts[slot] += parts[slot + half * WX]; }
      workgroupBarrier();
    }
    if ((t.y == 0u) & (c < width) & (pixels > 0u)) {
      alone[b * p.channels + first + c] = parts[slot].x;
      along[b * p.channels + first + c] = parts[slot].y;
      var a = 1.0;
      if (p.affine == 1u) { a = scale[first + c]; }
      weighted += a * parts[slot];
    }
  }

  if (t.y == 0u) { parts[slot] = weighted; }
  workgroupBarrier();
  for (var half = WX / 2u; half > 0u; half /= 2u) {
    if ((t.y == 0u) & (t.x < half)) { parts[slot] += parts[slot + half]; }
    workgroupBarrier();
  }
  let average = parts[0] / f32(p.pixels * width);  // of a g and of a g u

  for (var c = t.x; c < width; c += WX) {
    var a = 1.0;
    if (p.affine == 1u) { a = scale[first + c]; }
    for (var q = t.y; q < pixels; q += WY) {
      let at = base + q * p.channels + c;
      let u = (x[at] - m) * r;
      d[at] = r * ((a * g[at] - average.x) - u * average.y);
    }
  }
}
