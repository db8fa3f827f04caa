// take_along / 1_gather: y[o, k, i] = SIGN · x[o, index[o, k, i], i]
//
// Layout    x is [outer, n, inner], index and y are [outer, k, inner], row-major. An index of n
//           or more takes NaN.
// Threads   one per element of y.
// Sync      none.
// Compare   put_along/1_gather is its transpose: the gradient of one is the other.

struct Params { size: u32, n: u32, k: u32, inner: u32 }

override SIGN: f32 = 1.0;   // or -1
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.size) { return; }
  let o = e / (p.k * p.inner);
  let j = index[e];
  let v = x[(o * p.n + min(j, p.n - 1u)) * p.inner + e % p.inner];
  let nan = bitcast<f32>(0x7fc00000u | min(j, 1u));
  y[e] = epilogue(SIGN * select(nan, v, j < p.n), e);
}
