// lu / 4_shared: a[order[i], j] = sum over k of L[i, k] · U[k, j]; log_det, sign of det a
//
// Layout    a and lu are [batch, n, n], row-major. lu holds U on and above the diagonal and below
//           it L without its ones. order is [batch, n]: row i of L·U is row order[i] of a. log_det
//           is [batch]: the sum of ln |u[i, i]|; sign is [batch]: 1, -1, or 0 for a singular one.
//           A column without a pivot is left as it is; its log_det is -inf.
//           For n up to 64.
// Threads   one workgroup per matrix, a thread per column (WIDTH at least n). Every thread looks
//           for the pivot itself: all read one word at a time, which is free of bank conflicts.
// Sync      the matrix lies in shared memory. Three barriers per column: all have seen the pivot;
//           rows are swapped; the rest is updated. A column keeps what was eliminated from it
//           undivided until the end, so that nobody waits for its division.
// Compare   3_workgroup works in storage.

struct Params { batch: u32, n: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> lu: array<f32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> log_det: array<f32>;
@group(0) @binding(4) var<storage, read_write> sign: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

var<workgroup> s: array<f32, 4096>;  // [n, n]

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
  let m = wid.x + wid.y * num.x;
  if (m >= p.batch) { return; }                   // the whole workgroup
  let n = p.n;
  let top = m * n * n;
  for (var e = t; e < n * n; e += WIDTH) { s[e] = a[top + e]; }
  var mine = t;                                   // where row t of a stands
  workgroupBarrier();

  var total = 0.0;
  var side = 1.0;
  var singular = false;
  for (var k = 0u; k < n; k++) {
    var best = abs(s[k * n + k]);
    var row = k;
    for (var r = k + 1u; r < n; r++) {
      let size = abs(s[r * n + k]);
      if (size > best) { best = size; row = r; }
    }
    let u = s[row * n + k];
    let none = abs(u) < 1.17549435e-38;           // subnormals count as 0
    singular = singular | none;
    let pivot = select(u, 1.0, none);
    total += ln(pivot);
    side = select(side, -side, (row != k) != (pivot < 0.0));
    workgroupBarrier();

    if ((t < n) & (row != k)) {
      let held = s[k * n + t];
      s[k * n + t] = s[row * n + t];
      s[row * n + t] = held;
    }
    workgroupBarrier();

    if ((t > k) & (t < n)) {
      let head = s[k * n + t];
      for (var r = k + 1u; r < n; r++) { s[r * n + t] -= s[r * n + k] / pivot * head; }
    }
    mine = follow(mine, k, row);
    workgroupBarrier();
  }

  for (var r = 0u; r < n; r++) {
    if (t >= n) { break; }
    let u = s[t * n + t];
    let divisor = select(u, 1.0, (r <= t) | (abs(u) < 1.17549435e-38));
    lu[top + r * n + t] = s[r * n + t] / divisor;
  }
  if (t < n) { order[m * n + mine] = t; }
  if (t == 0u) {
    log_det[m] = result(total, singular);
    sign[m] = select(side, 0.0, singular);
  }
}

// Where the row that stands at `place` goes when rows k and r are exchanged.
fn follow(place: u32, k: u32, r: u32) -> u32 {
  return select(select(place, r, place == k), k, place == r);
}
