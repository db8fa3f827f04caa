// masked_matmul / 2_tiled: c[i, j] = sum over l of a[i, l] · B[l, j] · [unit l reaches unit j]
//
// Layout    a is [m, k], b is [k, n] (TB: stored [n, k]), c is [m, n], row-major. dl is [k] and dj
//           [n], the degrees of the units. A weight counts if the degree of the unit it leads to is
//           at least `gap` more than that of the unit it comes from: it leads from l to j, and from
//           j to l when TB, as in the gradient of the inputs.
// Threads   16 × 16 per workgroup, which owns a 16 × 16 tile of c; one element each.
// Sync      once per 16 slabs of 16 l, each thread finds out whether one l counts for any column of
//           the tile; the uniform load of a slab's flags is also the barrier after which a slab
//           may be replaced. A barrier before the products: the slab is complete.
// Compare   1_naive reads every float 16 times as often, and skips nothing. With units in the order
//           of their degrees about half of the slabs are skipped.

struct Params { m: u32, n: u32, k: u32, gap: u32 }

override TB: u32 = 0u;  // 1: b is stored transposed, and leads the other way

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read> dl: array<u32>;
@group(0) @binding(3) var<storage, read> dj: array<u32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// 17 floats per line, so that a column of a tile lies in 16 different banks.
var<workgroup> tilea: array<f32, 272>;  // [row, l]
var<workgroup> tileb: array<f32, 272>;  // [l, col]
var<workgroup> wanted: array<array<u32, 16>, 16>;  // [slab, l]

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn counts(l: u32, j: u32) -> bool { return select(j >= l + p.gap, l >= j + p.gap, TB == 1u); }

fn load_a(row: u32, l: u32) -> f32 {
  if ((row >= p.m) | (l >= p.k)) { return 0.0; }
  return a[row * p.k + l];
}

fn load_b(l: u32, col: u32) -> f32 {
  if ((col >= p.n) | (l >= p.k)) { return 0.0; }
  let w = b[select(l * p.n + col, col * p.k + l, TB == 1u)];
  return select(0.0, w, counts(dl[l], dj[col]));
}

// The degree of the column of the tile that is reached from most units.
fn reach_of(col: u32) -> u32 {
  var reach = dj[col];
  for (var j = col + 1u; j < min(col + 16u, p.n); j++) {
    reach = select(max(reach, dj[j]), min(reach, dj[j]), TB == 1u);
  }
  return reach;
}

fn any_of(w: array<u32, 16>) -> bool {
  let low = w[0] | w[1] | w[2] | w[3] | w[4] | w[5] | w[6] | w[7];
  return (low | w[8] | w[9] | w[10] | w[11] | w[12] | w[13] | w[14] | w[15]) != 0u;
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
  if (group >= across * ((p.m + 15u) / 16u)) { return; }
  let row = group / across * 16u;
  let col = group % across * 16u;
  let reach = reach_of(col);
  let slabs = (p.k + 15u) / 16u;

  var sum = 0.0;
  for (var slab = 0u; slab < slabs; slab++) {
    if (slab % 16u == 0u) {
      let l = slab * 16u + t;
      wanted[t / 16u][t % 16u] = select(0u, u32(counts(dl[min(l, p.k - 1u)], reach)), l < p.k);
    }
    if (!any_of(workgroupUniformLoad(&wanted[slab % 16u]))) { continue; }

    // A tile is read along its stored lines (x), so that neighbours read neighbours.
    let l = slab * 16u;
    tilea[lid.y * 17u + lid.x] = load_a(row + lid.y, l + lid.x);
    if (TB == 0u) { tileb[lid.y * 17u + lid.x] = load_b(l + lid.y, col + lid.x); }
    else { tileb[lid.x * 17u + lid.y] = load_b(l + lid.x, col + lid.y); }
    workgroupBarrier();
    for (var e = 0u; e < 16u; e++) { sum += tilea[lid.y * 17u + e] * tileb[e * 17u + lid.x]; }
  }

  let i = (row + lid.y) * p.n + col + lid.x;
  if ((row + lid.y < p.m) & (col + lid.x < p.n)) { c[i] = epilogue(sum, i); }
}
