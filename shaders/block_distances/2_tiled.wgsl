// block_distances / 2_tiled: least[b, i] = min over block b of |x_i − y_j|², by 64 × 64 tiles
//
// Layout    x is [m, d], y is [n, d], read as vec4f: d is a multiple of 4; xx [m] and yy [n] are
//           the squared lengths of their rows; least is [ceil(n / 16), m]. SELF: x is y.
// Threads   8 × 8 per workgroup, which owns a tile of 64 rows of x beside 64 of y. A thread owns
//           four 4 × 4 blocks of it, 32 apart, and stages one 4 × 4 block of each operand.
//           SELF: tiles below the diagonal are left to their mirror images, which store twice.
// Sync      the workgroup walks along d in slabs of 16. A barrier before the products (the slab is
//           complete, lengths are there) and one after (nobody still reads it). Then each thread
//           leaves minima of four beside four, a barrier, and a thread joins four for 4 blocks.
// Compare   matmul / 3_blocked, which writes all products. Rows that overhang repeat the last one,
//           which changes no minimum.

struct Params { m: u32, n: u32, d: u32 }

override SELF: u32 = 0u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> xx: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> yy: array<f32>;
@group(0) @binding(4) var<storage, read_write> least: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// 17 vec4s per line, so that blocks that are stored together lie in different banks.
var<workgroup> slabx: array<vec4f, 272>;  // [l, row / 4]; then [column / 4, row / 4] of row minima
var<workgroup> slaby: array<vec4f, 272>;  // [l, column / 4]; then [row / 4, column / 4]
var<workgroup> lengths: array<vec4f, 32>;  // squared, of the 64 rows of x, then of y

// Rows beyond the last repeat it.
fn four(first: u32, count: u32) -> vec4u {
  return min(first + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
}

// Distances of four rows r of x (columns of the matrix) and four rows c of y.
fn distances(products: mat4x4f, r: u32, c: u32) -> mat4x4f {
  let of_x = lengths[r];
  let of_y = lengths[16u + c];
  let squared = mat4x4f(of_y + of_x.x, of_y + of_x.y, of_y + of_x.z, of_y + of_x.w)
    - 2.0 * products;
  let zero = vec4f();
  return mat4x4f(
    max(squared[0], zero), max(squared[1], zero), max(squared[2], zero), max(squared[3], zero));
}

fn minimum(v: mat4x4f) -> vec4f { return min(min(v[0], v[1]), min(v[2], v[3])); }

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.n + 63u) / 64u;
  let group = wid.x + wid.y * num.x;
  let row = group / across * 64u;
  let col = group % across * 64u;
  if ((row >= p.m) | ((SELF == 1u) & (col < row))) { return; }

  lengths[t / 4u][t % 4u] = xx[min(row + t, p.m - 1u)];
  lengths[16u + t / 4u][t % 4u] = yy[min(col + t, p.n - 1u)];

  let quads = p.d / 4u;
  let x_lines = four(row + t / 4u * 4u, p.m) * quads;
  let y_lines = four(col + t / 4u * 4u, p.n) * quads;
  let to = t % 4u * 68u + t / 4u;

  var c00 = mat4x4f();
  var c01 = mat4x4f();
  var c10 = mat4x4f();
  var c11 = mat4x4f();
  for (var slab = 0u; slab < quads; slab += 4u) {
    var nextx = mat4x4f();
    var nexty = mat4x4f();
    let l = slab + t % 4u;
    if (l < quads) {
      let i = x_lines + l;
      let j = y_lines + l;
      nextx = transpose(mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]));
      nexty = transpose(mat4x4f(y[j.x], y[j.y], y[j.z], y[j.w]));
    }
    slabx[to] = nextx[0];
    slabx[to + 17u] = nextx[1];
    slabx[to + 34u] = nextx[2];
    slabx[to + 51u] = nextx[3];
    slaby[to] = nexty[0];
    slaby[to + 17u] = nexty[1];
    slaby[to + 34u] = nexty[2];
    slaby[to + 51u] = nexty[3];
    workgroupBarrier();

    for (var e = 0u; e < 272u; e += 68u) {
      let b = e + lid.y;
      let a = e + lid.x;
      let top = transpose(mat4x4f(slabx[b], slabx[b + 17u], slabx[b + 34u], slabx[b + 51u]));
      let low = transpose(mat4x4f(slabx[b + 8u], slabx[b + 25u], slabx[b + 42u], slabx[b + 59u]));
      let left = mat4x4f(slaby[a], slaby[a + 17u], slaby[a + 34u], slaby[a + 51u]);
      let right = mat4x4f(slaby[a + 8u], slaby[a + 25u], slaby[a + 42u], slaby[a + 59u]);
      c00 += left * top;
      c01 += right * top;
      c10 += left * low;
      c11 += right * low;
    }
    workgroupBarrier();
  }

  let d00 = distances(c00, lid.y, lid.x);
  let d01 = distances(c01, lid.y, lid.x + 8u);
  let d10 = distances(c10, lid.y + 8u, lid.x);
  let d11 = distances(c11, lid.y + 8u, lid.x + 8u);
  slabx[lid.x * 17u + lid.y] = minimum(transpose(d00));
  slabx[lid.x * 17u + lid.y + 8u] = minimum(transpose(d10));
  slabx[lid.x * 17u + lid.y + 136u] = minimum(transpose(d01));
  slabx[lid.x * 17u + lid.y + 144u] = minimum(transpose(d11));
  slaby[lid.y * 17u + lid.x] = minimum(d00);
  slaby[lid.y * 17u + lid.x + 8u] = minimum(d01);
  slaby[lid.y * 17u + lid.x + 136u] = minimum(d10);
  slaby[lid.y * 17u + lid.x + 144u] = minimum(d11);
  workgroupBarrier();

  // Row or column t of the tile: four blocks of four quads each.
  for (var block = 0u; block < 4u; block++) {
    let q = block * 68u + t / 4u;
    let part = t % 4u;
    if ((col + block * 16u < p.n) & (row + t < p.m)) {
      least[(col / 16u + block) * p.m + row + t] = min(
        min(slabx[q][part], slabx[q + 17u][part]),
        min(slabx[q + 34u][part], slabx[q + 51u][part]));
    }
    if ((SELF == 1u) & (col > row) & (row + block * 16u < p.m) & (col + t < p.n)) {
      least[(row / 16u + block) * p.m + col + t] = min(
        min(slaby[q][part], slaby[q + 17u][part]),
        min(slaby[q + 34u][part], slaby[q + 51u][part]));
    }
  }
}
