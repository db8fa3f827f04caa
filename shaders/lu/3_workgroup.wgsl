// lu / 3_workgroup: a[order[i], j] = sum over k of L[i, k] · U[k, j]; log_det, sign of det a
//
// Layout    a and lu are [batch, n, n], row-major. lu holds U on and above the diagonal and below
//           it L without its ones. order is [batch, n]: row i of L·U is row order[i] of a. log_det
//           is [batch]: the sum of ln |u[i, i]|; sign is [batch]: 1, -1, or 0 for a singular one.
//           A column without a pivot is left as it is; its log_det is -inf.
// Threads   one workgroup per matrix, whose threads share the rows of the pivot search and the
//           entries of every update.
// Sync      four barriers per column: candidates for the pivot are there; rows are swapped;
//           multipliers are there; the rest is updated.
// Compare   1_serial gives a matrix to one thread and needs no barrier.

struct Params { batch: u32, n: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> lu: array<f32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> log_det: array<f32>;
@group(0) @binding(4) var<storage, read_write> sign: array<f32>;
@group(0) @binding(5) var<uniform> p: Params;

var<workgroup> sizes: array<f32, WIDTH>;   // of the best pivot each thread has seen
var<workgroup> rows: array<u32, WIDTH>;    // and its row

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
  if (m >= p.batch) { return; }             // the whole workgroup
  let n = p.n;
  let top = m * n * n;
  for (var e = t; e < n * n; e += WIDTH) { lu[top + e] = a[top + e]; }
  for (var i = t; i < n; i += WIDTH) { order[m * n + i] = i; }
  storageBarrier();

  var total = 0.0;
  var side = 1.0;
  var singular = false;
  for (var k = 0u; k < n; k++) {
    sizes[t] = -1.0;
    rows[t] = k;
    for (var r = k + t; r < n; r += WIDTH) {
      let size = abs(lu[top + r * n + k]);
      if (size > sizes[t]) { sizes[t] = size; rows[t] = r; }
    }
    workgroupBarrier();

    // Everybody picks the same winner, of equals the upper one.
    var row = k;
    var best = -1.0;
    for (var i = 0u; i < WIDTH; i++) {
      let wins = (sizes[i] > best) | ((sizes[i] == best) & (rows[i] < row));
      if (wins) { best = sizes[i]; row = rows[i]; }
    }
    for (var j = t; j < n; j += WIDTH) { swap(top + k * n + j, top + row * n + j); }
    if (t == 0u) { swap_order(m * n + k, m * n + row); }
    side = select(side, -side, row != k);
    storageBarrier();

    let u = lu[top + k * n + k];
    let none = abs(u) < 1.17549435e-38;           // subnormals count as 0
    singular = singular | none;
    let pivot = select(u, 1.0, none);
    total += ln(pivot);
    side = select(side, -side, pivot < 0.0);
    for (var r = k + 1u + t; r < n; r += WIDTH) { lu[top + r * n + k] /= pivot; }
    storageBarrier();

    let rest = n - k - 1u;
    for (var e = t; e < rest * rest; e += WIDTH) {
      let r = k + 1u + e / rest;
      let j = k + 1u + e % rest;
      lu[top + r * n + j] -= lu[top + r * n + k] * lu[top + k * n + j];
    }
    storageBarrier();
  }
  if (t == 0u) {
    log_det[m] = result(total, singular);
    sign[m] = select(side, 0.0, singular);
  }
}

fn swap(i: u32, j: u32) {
  let held = lu[i];
  lu[i] = lu[j];
  lu[j] = held;
}

fn swap_order(i: u32, j: u32) {
  let held = order[i];
  order[i] = order[j];
  order[j] = held;
}
