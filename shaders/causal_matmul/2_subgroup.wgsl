// causal_matmul / 2_subgroup: c[i, j] = sum over l <= i of a[i, l] b[l, j]
//
// Of each matrix of a batch; over all l where not causal. With TA that is c[i, j] = sum over l >= i
// of a[l, i] b[l, j]. Squares of 16 above the diagonal of a are not read; those on it must hold 0
// above it.
//
// Layout    a is [batch, m, pitch], 0 from column k on, b [batch, k, n] and c [batch, m, n];
//           with TA b is [batch, m, n] and c [batch, k, n]. Row-major; pitch, below k + 4, and n
//           are multiples of 4.
// Threads   a subgroup of SIZE lanes per workgroup, for 16 rows and 8·SIZE columns of c. A lane has
//           two blocks of 4 columns, 4·SIZE apart. Lanes 0 ... 3 load a's rows, for all.
// Sync      none: rows by subgroupBroadcast.
// Compare   1_naive loads two numbers for each product; matmul/5_subgroup has the same blocks.

enable subgroups;

struct Params { batch: u32, m: u32, n: u32, k: u32, pitch: u32, causal: u32 }

override TA: u32 = 0u;
override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

// Lanes 0 ... 3 have a vec4 of a each: for 4 rows of c (columns) along the sum, in all lanes. 0
// beyond the sum's end.
fn from_four(at: u32, inside: bool) -> mat4x4f {
  let x = select(vec4f(0.0), a[at], inside);
  let near = mat2x4f(subgroupBroadcast(x, 0u), subgroupBroadcast(x, 1u));
  let block = mat4x4f(near[0], near[1], subgroupBroadcast(x, 2u), subgroupBroadcast(x, 3u));
  if (TA == 1u) { return transpose(block); }
  return block;
}

// 4 rows of b at a column.
fn of_b(at: vec4u) -> mat4x4f { return mat4x4f(b[at.x], b[at.y], b[at.z], b[at.w]); }

fn store(left: mat4x4f, right: mat4x4f, z: u32, row: u32, column: u32) {
  let n = p.n / 4u;
  let lines = select(p.m, p.k, TA == 1u);
  for (var i = 0u; i < 4u && row + i < lines; i++) {
    let at = (z * lines + row + i) * n + column;
    if (column < n) { c[at] = left[i]; }
    if (column + SIZE < n) { c[at + SIZE] = right[i]; }
  }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let group = wid.x + wid.y * num.x;
  let lines = select(p.m, p.k, TA == 1u);
  let length = select(p.k, p.m, TA == 1u);
  let across = (p.n + 8u * SIZE - 1u) / (8u * SIZE);
  let down = (lines + 15u) / 16u;
  let z = group / across / down;
  if (z >= p.batch) { return; }
  let row = group / across % down * 16u;
  let n = p.n / 4u;
  let pitch = p.pitch / 4u;
  let column = group % across * 2u * SIZE + lane;  // in fours
  let cols = min(vec2u(column, column + SIZE), vec2u(n - 1u));
  let both = (group % across * 2u + 1u) * SIZE < n;  // whether columns are on the right
  let causal = p.causal == 1u;
  let begin = select(0u, row, causal && TA == 1u);
  let end = select(length, min(length, row + 16u), causal && TA == 0u);

  // Where lane e reads a: its row of 4 with TA, one of 4 rows without.
  let e = lane % 4u;
  let fours = row + vec4u(0u, 4u, 8u, 12u);
  let up = (z * p.m + min(fours + e, vec4u(p.m - 1u))) * pitch;
  let along = z * p.m * pitch + min(fours / 4u, vec4u(pitch - 1u));

  var c0 = mat4x4f();  // 4 rows (columns here) each, on the left and on the right
  var c1 = mat4x4f();
  var c2 = mat4x4f();
  var c3 = mat4x4f();
  var c4 = mat4x4f();
  var c5 = mat4x4f();
  var c6 = mat4x4f();
  var c7 = mat4x4f();
  for (var l = begin; l < end; l += 4u) {
    let at = select(up + l / 4u, along + min(l + e, p.m - 1u) * pitch, TA == 1u);
    let inside = TA == 0u || l + e < p.m;
    let a0 = from_four(at.x, inside);
    let a1 = from_four(at.y, inside);
    let a2 = from_four(at.z, inside);
    let a3 = from_four(at.w, inside);
    let under = (z * length + min(l + vec4u(0u, 1u, 2u, 3u), vec4u(length - 1u))) * n;
    let near = of_b(under + cols.x);
    c0 += near * a0;
    c1 += near * a1;
    c2 += near * a2;
    c3 += near * a3;
    if (!both) { continue; }
    let far = of_b(under + cols.y);
    c4 += far * a0;
    c5 += far * a1;
    c6 += far * a2;
    c7 += far * a3;
  }
  store(c0, c4, z, fours.x, column);
  store(c1, c5, z, fours.y, column);
  store(c2, c6, z, fours.z, column);
  store(c3, c7, z, fours.w, column);
}
