// lu_panel / 1_storage: columns first ... first + width - 1 become their part of L and U
//
// One panel of the blocked elimination with row exchanges (Golub and Van Loan, "Matrix
// computations", 4th ed., section 3.4.7): everything left of it is done and has been taken off it.
//
// Layout    lu is [batch, n, n], row-major; of it only the panel, from row `first` down, is read
//           and written. swaps is [batch, n]: row k was exchanged with row swaps[k]; the other
//           columns are left to lu_update. log_det and sign are [batch], carried on from panel to
//           panel: ln |product of pivots| and its sign, 0 and -inf from a pivot of 0 on.
// Threads   one workgroup per matrix, whose threads share the rows.
// Sync      three barriers per column: candidates for the pivot are there; rows are swapped; the
//           rows below are updated.
// Compare   read this first. 2_shared keeps the panel in shared memory.

struct Params { batch: u32, n: u32, first: u32, width: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read_write> lu: array<f32>;
@group(0) @binding(1) var<storage, read_write> swaps: array<u32>;
@group(0) @binding(2) var<storage, read_write> log_det: array<f32>;
@group(0) @binding(3) var<storage, read_write> sign: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

var<workgroup> sizes: array<f32, WIDTH>;  // of the best pivot each thread has seen
var<workgroup> rows: array<u32, WIDTH>;   // and its row

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
  let end = p.first + p.width;
  var total = 0.0;
  var side = 1.0;
  if (p.first > 0u) { total = log_det[m]; side = sign[m]; }
  var singular = side == 0.0;

  for (var k = p.first; k < end; k++) {
    var best = -1.0;
    var row = k;
    for (var r = k + t; r < n; r += WIDTH) {
      let size = abs(lu[top + r * n + k]);
      if (size > best) { best = size; row = r; }
    }
    sizes[t] = best;
    rows[t] = row;
    workgroupBarrier();

    // Everybody picks the same winner, of equals the upper one.
    best = -1.0;
    row = k;
    for (var i = 0u; i < WIDTH; i++) {
      let wins = (sizes[i] > best) | ((sizes[i] == best) & (rows[i] < row));
      if (wins) { best = sizes[i]; row = rows[i]; }
    }
    for (var j = p.first + t; j < end; j += WIDTH) { swap(top + k * n + j, top + row * n + j); }
    if (t == 0u) { swaps[m * n + k] = row; }
    storageBarrier();

    let u = lu[top + k * n + k];
    let none = abs(u) < 1.17549435e-38;           // subnormals count as 0
    singular = singular | none;
    let pivot = select(u, 1.0, none);
    total += ln(pivot);
    side = select(side, -side, (row != k) != (pivot < 0.0));
    for (var r = k + 1u + t; r < n; r += WIDTH) {
      let f = lu[top + r * n + k] / pivot;
      lu[top + r * n + k] = f;
      for (var j = k + 1u; j < end; j++) { lu[top + r * n + j] -= f * lu[top + k * n + j]; }
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
