// masked_matmul_weight / 2_tiled: c = (aᵀ · b) ∘ M, by shared 16 × 16 tiles
//
// Layout    a is [m, k], b is [m, n], c is [k, n], row-major. dl is [k] and dj [n], the degrees of
//           the units: l reaches j if the degree of j is at least `gap` more than that of l.
// Threads   16 × 16 per workgroup, which owns a 16 × 16 tile of c; one element each.
// Sync      the workgroup walks along m in tiles of 16, unless no weight of its tile counts. A
//           barrier before the products (the tile is complete) and one after (it may be replaced).
// Compare   1_naive loads each float 16 times as often.

struct Params { m: u32, n: u32, k: u32, gap: u32 }

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> dl: array<u32>;
@group(0) @binding(3) var<storage, read> dj: array<u32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

var<workgroup> tilea: array<f32, 256>;  // [i, row]
var<workgroup> tileb: array<f32, 256>;  // [i, col]

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// Whether any weight of the tile counts.
fn tile_counts(row: u32, col: u32) -> bool {
  var low = dl[row];
  for (var l = row + 1u; l < min(row + 16u, p.k); l++) { low = min(low, dl[l]); }
  var high = dj[col];
  for (var j = col + 1u; j < min(col + 16u, p.n); j++) { high = max(high, dj[j]); }
  return high >= low + p.gap;
}

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.n + 15u) / 16u;
  let group = wid.x + wid.y * num.x;
  if (group >= across * ((p.k + 15u) / 16u)) { return; }
  let row = group / across * 16u;
  let col = group % across * 16u;
  let last = select(0u, p.m, tile_counts(row, col));

  var sum = 0.0;
  for (var e = 0u; e < last; e += 16u) {
    // What is beyond the matrices is zero, and adds nothing.
    let i = min(e + lid.y, p.m - 1u);
    let there = e + lid.y < p.m;
    tilea[t] = select(0.0, a[i * p.k + min(row + lid.x, p.k - 1u)], there);
    tileb[t] = select(0.0, b[i * p.n + min(col + lid.x, p.n - 1u)], there);
    workgroupBarrier();

    for (var y = 0u; y < 256u; y += 16u) { sum += tilea[y + lid.y] * tileb[y + lid.x]; }
    workgroupBarrier();
  }

  let l = row + lid.y;
  let j = col + lid.x;
  if ((l >= p.k) | (j >= p.n)) { return; }
  let i = l * p.n + j;
  c[i] = epilogue(select(0.0, sum, dj[j] >= dl[l] + p.gap), i);
}
