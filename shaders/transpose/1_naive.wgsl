// transpose / 1_naive: y[a, b, r, c] = x[a, b, c, r], a matrix of many turned
//
// Layout    x is read at start + a * xa + b * xb + c * xc + r: its neighbours are along r.
//           y is written at a * ya + b * yb + r * yr + c: its neighbours are along c.
// Threads   one per element, neighbours along c, so that writes go to neighbours and reads don't.
// Sync      none.
// Compare   2_tiled reads neighbours too.

struct Params {
  na: u32, nb: u32, nr: u32, nc: u32,  // sizes
  start: u32, xa: u32, xb: u32, xc: u32,
  ya: u32, yb: u32, yr: u32,
}

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

// A fused chain of pointwise ops replaces the body; i is the index into y.
fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.na * p.nb * p.nr * p.nc) { return; }
  let c = e % p.nc;
  let r = e / p.nc % p.nr;
  let b = e / (p.nc * p.nr) % p.nb;
  let a = e / (p.nc * p.nr * p.nb);
  let i = a * p.ya + b * p.yb + r * p.yr + c;
  y[i] = epilogue(x[p.start + a * p.xa + b * p.xb + c * p.xc + r], i);
}
