// lu / 1_serial: a[order[i], j] = sum over k of L[i, k] · U[k, j]; log_det, sign of det a
//
// Gauss elimination; of each column the entry of largest size is the pivot (Golub and Van Loan,
// "Matrix computations", 4th ed., algorithm 3.4.1).
//
// Layout    a and lu are [batch, n, n], row-major. lu holds U on and above the diagonal and below
//           it L without its ones. order is [batch, n]: row i of L·U is row order[i] of a. log_det
//           is [batch]: the sum of ln |u[i, i]|; sign is [batch]: 1, -1, or 0 for a singular one.
//           A column without a pivot is left as it is; its log_det is -inf.
// Threads   one per matrix, so a batch of small matrices keeps them busy.
// Sync      none.
// Compare   2_vec4 does the same four columns at a time; 3_workgroup shares one matrix, 4_shared
//           keeps it in shared memory. Large ones go by lu_panel and lu_update.

struct Params { batch: u32, n: u32 }

override WIDTH: u32 = 4u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> lu: array<f32>;
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
  let n = p.n;
  let top = m * n * n;
  for (var e = 0u; e < n * n; e++) { lu[top + e] = a[top + e]; }
  for (var i = 0u; i < n; i++) { order[m * n + i] = i; }

  var total = 0.0;
  var side = 1.0;
  var singular = false;
  for (var k = 0u; k < n; k++) {
    var best = abs(lu[top + k * n + k]);
    var row = k;
    for (var r = k + 1u; r < n; r++) {
      let size = abs(lu[top + r * n + k]);
      if (size > best) { best = size; row = r; }
    }
    if (row != k) { swap(m, k, row); side = -side; }

    let u = lu[top + k * n + k];
    let none = abs(u) < 1.17549435e-38;           // subnormals count as 0
    singular = singular | none;
    let pivot = select(u, 1.0, none);             // without one all multipliers are 0
    total += ln(pivot);
    side = select(side, -side, pivot < 0.0);
    for (var r = k + 1u; r < n; r++) {
      let f = lu[top + r * n + k] / pivot;
      lu[top + r * n + k] = f;
      for (var j = k + 1u; j < n; j++) { lu[top + r * n + j] -= f * lu[top + k * n + j]; }
    }
  }
  log_det[m] = result(total, singular);
  sign[m] = select(side, 0.0, singular);
}

// Exchanges rows k and r of matrix m.
fn swap(m: u32, k: u32, r: u32) {
  for (var j = 0u; j < p.n; j++) {
    let upper = (m * p.n + k) * p.n + j;
    let lower = (m * p.n + r) * p.n + j;
    let held = lu[upper];
    lu[upper] = lu[lower];
    lu[lower] = held;
  }
  let held = order[m * p.n + k];
  order[m * p.n + k] = order[m * p.n + r];
  order[m * p.n + r] = held;
}
