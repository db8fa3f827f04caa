// lu / 2_vec4: a[order[i], j] = sum over k of L[i, k] · U[k, j]; log_det, sign of det a
//
// Layout    a and lu are [batch, n, n], row-major. lu holds U on and above the diagonal and below
//           it L without its ones. order is [batch, n]: row i of L·U is row order[i] of a. log_det
//           is [batch]: the sum of ln |u[i, i]|; sign is [batch]: 1, -1, or 0 for a singular one.
//           A column without a pivot is left as it is; its log_det is -inf.
//           For n that are multiples of 4.
// Threads   one per matrix.
// Sync      none.
// Compare   1_serial is the same with single columns. Here the block that holds column k keeps what
//           lies left of it, takes the multiplier in it, and is eliminated right of it.

struct Params { batch: u32, n: u32 }

override WIDTH: u32 = 4u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> a: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> lu: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> log_det: array<f32>;
@group(0) @binding(4) var<storage, read_write> sign: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

// ln |x|; -inf is left to the caller. Ours, since builtin logarithms are poor near 1.
fn ln(x: f32) -> f32 {
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  let k = bitcast<i32>(bits - 0x3f3504f3u) >> 23u;
  let f = bitcast<f32>(bits - bitcast<u32>(k << 23u)) - 1.0;
  let high = 0.14180699 + f * (-0.131304473 + f * (0.128858611 + f * -0.0785996616));
  let q = 0.333333164 + f * (-0.250008166 + f * (0.200023025 + f * (-0.166243494 + f * high)));
  let low = f * f * (f * q) + f32(k) * 3.19461833e-5;
  let y = f32(k) * 0.693115234375 + (f - (f * f * 0.5 - low));
  return bitcast<f32>(select(bitcast<u32>(y), bits, bits >= 0x7f800000u));
}

// The sum of logarithms, or -inf if a pivot was 0; a NaN stays one.
fn result(total: f32, singular: bool) -> f32 {
  let nan = (bitcast<u32>(total) & 0x7fffffffu) > 0x7f800000u;
  return bitcast<f32>(select(bitcast<u32>(total), 0xff800000u, singular & !nan));
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let m = (wid.x + wid.y * num.x) * WIDTH + t;
  if (m >= p.batch) { return; }
  let blocks = p.n / 4u;
  let top = m * p.n * blocks;
  for (var e = 0u; e < p.n * blocks; e++) { lu[top + e] = a[top + e]; }
  for (var i = 0u; i < p.n; i++) { order[m * p.n + i] = i; }

  var total = 0.0;
  var side = 1.0;
  var singular = false;
  for (var k = 0u; k < p.n; k++) {
    let home = k / 4u;                            // the block of column k
    var best = abs(lu[top + k * blocks + home][k % 4u]);
    var row = k;
    for (var r = k + 1u; r < p.n; r++) {
      let size = abs(lu[top + r * blocks + home][k % 4u]);
      if (size > best) { best = size; row = r; }
    }
    if (row != k) { swap(m, k, row); side = -side; }

    let head = lu[top + k * blocks + home];
    let u = head[k % 4u];
    let none = abs(u) < 1.17549435e-38;           // subnormals count as 0
    singular = singular | none;
    let pivot = select(u, 1.0, none);
    total += ln(pivot);
    side = select(side, -side, pivot < 0.0);
    let column = vec4u(home * 4u) + vec4u(0u, 1u, 2u, 3u);
    for (var r = k + 1u; r < p.n; r++) {
      let at = top + r * blocks;
      let v = lu[at + home];
      let f = v[k % 4u] / pivot;
      let right = select(v, v - f * head, column > vec4u(k));
      lu[at + home] = select(right, vec4f(f), column == vec4u(k));
      for (var j = home + 1u; j < blocks; j++) { lu[at + j] -= f * lu[top + k * blocks + j]; }
    }
  }
  log_det[m] = result(total, singular);
  sign[m] = select(side, 0.0, singular);
}

// Exchanges rows k and r of matrix m.
fn swap(m: u32, k: u32, r: u32) {
  let blocks = p.n / 4u;
  for (var j = 0u; j < blocks; j++) {
    let upper = (m * p.n + k) * blocks + j;
    let lower = (m * p.n + r) * blocks + j;
    let held = lu[upper];
    lu[upper] = lu[lower];
    lu[lower] = held;
  }
  let held = order[m * p.n + k];
  order[m * p.n + k] = order[m * p.n + r];
  order[m * p.n + r] = held;
}
