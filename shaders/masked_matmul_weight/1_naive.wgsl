// masked_matmul_weight / 1_naive: c[l, j] = [l reaches j] · sum over i of a[i, l] · b[i, j]
//
// Layout    a is [m, k], b is [m, n], c is [k, n], row-major. dl is [k] and dj [n], the degrees of
//           the units: l reaches j if the degree of j is at least `gap` more than that of l.
// Threads   one element of c each, 64 per workgroup, along the rows of c.
// Sync      none.
// Compare   read this first. 2_tiled shares the loads.

struct Params { m: u32, n: u32, k: u32, gap: u32 }

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> dl: array<u32>;
@group(0) @binding(3) var<storage, read> dj: array<u32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.k * p.n) { return; }

  let col = i % p.n;
  let row = i / p.n;
  var sum = 0.0;
  if (dj[col] >= dl[row] + p.gap) {
    for (var e = 0u; e < p.m; e++) { sum += a[e * p.k + row] * b[e * p.n + col]; }
  }
  c[i] = epilogue(sum, i);
}
