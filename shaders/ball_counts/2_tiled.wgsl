// ball_counts / 2_tiled: how many rows of y a ball around x_i holds, and the other way round
//
//   members[b, i] = of the rows of block b of y, those in the ball of x_i
//   holders[b, i] = of the balls of that block, those that hold x_i
//   holding[a, j] = of the balls of block a of x, those that hold y_j
//
// Layout    as in 1_naive; x and y are read as vec4f: d is a multiple of 4.
// Threads   8 × 8 per workgroup, which owns a tile of 64 rows of x beside 64 of y. A thread owns
//           four 4 × 4 blocks of it, 32 apart, and stages one 4 × 4 block of each operand.
// Sync      the workgroup walks along d in slabs of 16. A barrier before the products (the slab is
//           complete, balls are there) and one after (nobody still reads it). Then each thread
//           leaves sums of four beside four, a barrier, and a thread adds four for 4 blocks.
// Compare   block_distances / 2_tiled, which keeps minima.

struct Params { m: u32, n: u32, d: u32, slack: f32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> xball: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<vec4f>;
@group(0) @binding(3) var<storage, read> yball: array<f32>;
@group(0) @binding(4) var<storage, read_write> members: array<f32>;
@group(0) @binding(5) var<storage, read_write> holders: array<f32>;
@group(0) @binding(6) var<storage, read_write> holding: array<f32>;
@group(0) @binding(7) var<uniform> p: Params;

const FAR = 1e37;  // squared length of a row that is not there: it is in no ball

// 17 vec4s per line, so that blocks that are stored together lie in different banks.
var<workgroup> slabx: array<vec4f, 272>;  // [l, row / 4]; then [column / 4, row / 4] of members
var<workgroup> slaby: array<vec4f, 272>;  // [l, column / 4]; then [column / 4, row / 4] of holders
var<workgroup> sums: array<vec4f, 272>;   // [row / 4, column / 4] of holding
var<workgroup> balls: array<vec4f, 64>;   // squared lengths of x, of y, squared radii of x, of y

// Rows beyond the last repeat it; they are FAR.
fn four(i: u32, count: u32) -> vec4u { return min(i + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u)); }

fn reach(products: vec4f, lengths: vec4f) -> vec4f {
  return max(lengths - 2.0 * products, vec4f()) + p.slack * lengths;
}

fn within(needed: mat4x4f, x0: vec4f, x1: vec4f, x2: vec4f, x3: vec4f) -> mat4x4f {
  return mat4x4f(
    select(vec4f(), vec4f(1.0), needed[0] < x0), select(vec4f(), vec4f(1.0), needed[1] < x1),
    select(vec4f(), vec4f(1.0), needed[2] < x2), select(vec4f(), vec4f(1.0), needed[3] < x3));
}

fn total(v: mat4x4f) -> vec4f { return v[0] + v[1] + v[2] + v[3]; }

// Counts of four rows r of x beside four rows c of y.
fn tally(products: mat4x4f, r: u32, c: u32) {
  let of_x = balls[r];
  let of_y = balls[16u + c];
  let needed = mat4x4f(
    reach(products[0], of_y + of_x.x), reach(products[1], of_y + of_x.y),
    reach(products[2], of_y + of_x.z), reach(products[3], of_y + of_x.w));
  let x = balls[32u + r];
  let in_x = within(needed, vec4f(x.x), vec4f(x.y), vec4f(x.z), vec4f(x.w));
  let y = balls[48u + c];
  slabx[c * 17u + r] = total(transpose(in_x));
  slaby[c * 17u + r] = total(transpose(within(needed, y, y, y, y)));
  sums[r * 17u + c] = total(in_x);
}

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
  if (row >= p.m) { return; }

  let i = min(row + t, p.m - 1u);
  let j = min(col + t, p.n - 1u);
  balls[t / 4u][t % 4u] = select(FAR, xball[i], row + t < p.m);
  balls[16u + t / 4u][t % 4u] = select(FAR, yball[j], col + t < p.n);
  balls[32u + t / 4u][t % 4u] = xball[p.m + i];
  balls[48u + t / 4u][t % 4u] = yball[p.n + j];

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
    if (slab + t % 4u < quads) {
      let i = x_lines + slab + t % 4u;
      let j = y_lines + slab + t % 4u;
      nextx = transpose(mat4x4f(x[i.x], x[i.y], x[i.z], x[i.w]));
      nexty = transpose(mat4x4f(y[j.x], y[j.y], y[j.z], y[j.w]));
    }
    for (var e = 0u; e < 4u; e++) {
      slabx[to + e * 17u] = nextx[e];
      slaby[to + e * 17u] = nexty[e];
    }
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

  tally(c00, lid.y, lid.x);
  tally(c01, lid.y, lid.x + 8u);
  tally(c10, lid.y + 8u, lid.x);
  tally(c11, lid.y + 8u, lid.x + 8u);
  workgroupBarrier();

  // Row or column t of the tile: four blocks of four quads each.
  for (var block = 0u; block < 4u; block++) {
    let q = block * 68u + t / 4u;
    let part = t % 4u;
    if ((col + block * 16u < p.n) & (row + t < p.m)) {
      let at = (col / 16u + block) * p.m + row + t;
      members[at] =
        slabx[q][part] + slabx[q + 17u][part] + slabx[q + 34u][part] + slabx[q + 51u][part];
      holders[at] =
        slaby[q][part] + slaby[q + 17u][part] + slaby[q + 34u][part] + slaby[q + 51u][part];
    }
    if ((row + block * 16u < p.m) & (col + t < p.n)) {
      holding[(row / 16u + block) * p.n + col + t] =
        sums[q][part] + sums[q + 17u][part] + sums[q + 34u][part] + sums[q + 51u][part];
    }
  }
}
