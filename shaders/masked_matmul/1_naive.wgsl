// masked_matmul / 1_naive: c[i, j] = sum over l of a[i, l] · B[l, j] · [unit l reaches unit j]
//
// Layout    a is [m, k], b is [k, n] (TB: stored [n, k]), c is [m, n], row-major. dl is [k] and dj
//           [n], the degrees of the units. A weight counts if the degree of the unit it leads to is
//           at least `gap` more than that of the unit it comes from: it leads from l to j, and from
//           j to l when TB, as in the gradient of the inputs.
// Threads   one element of c each, 64 per workgroup, along the rows of c.
// Sync      none.
// Compare   read this first. It tests every weight; 2_tiled skips tiles in which none counts.

struct Params { m: u32, n: u32, k: u32, gap: u32 }

override TB: u32 = 0u;  // 1: b is stored transposed, and leads the other way

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> dl: array<u32>;
@group(0) @binding(3) var<storage, read> dj: array<u32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn counts(l: u32, j: u32) -> bool { return select(j >= l + p.gap, l >= j + p.gap, TB == 1u); }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.m * p.n) { return; }

  let col = i % p.n;
  let at = i / p.n * p.k;
  let bt = select(col, col * p.k, TB == 1u);
  let bnext = select(p.n, 1u, TB == 1u);
  let j = dj[col];

  var sum = 0.0;
  for (var l = 0u; l < p.k; l++) {
    if (counts(dl[l], j)) { sum += a[at + l] * b[bt + l * bnext]; }
  }
  c[i] = epilogue(sum, i);
}
