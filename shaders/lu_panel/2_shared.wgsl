// lu_panel / 2_shared: columns first ... first + width - 1 become their part of L and U
//
// Layout    lu is [batch, n, n], row-major; of it only the panel, from row `first` down, is read
//           and written, four columns at a time: n, first and width are multiples of 4. swaps is
//           [batch, n]: row k was exchanged with row swaps[k]; the other columns are left to
//           lu_update. log_det and sign are [batch], carried on from panel to panel: ln |product
//           of pivots| and its sign, 0 and -inf from a pivot of 0 on. The panel lies in shared
//           memory by columns: n, rounded up to 32, times width is at most 4096, width at most 16.
// Threads   one workgroup per matrix, whose threads share the rows. Every thread looks for the
//           pivot itself: all read one word at a time, which is free of bank conflicts.
// Sync      a barrier when the panel is there, and three per column: all have seen the pivot; rows
//           are swapped; the rows below are updated.
// Compare   1_storage works in storage.

struct Params { batch: u32, n: u32, first: u32, width: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read_write> lu: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> swaps: array<u32>;
@group(0) @binding(2) var<storage, read_write> log_det: array<f32>;
@group(0) @binding(3) var<storage, read_write> sign: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

var<workgroup> s: array<f32, 4096>;  // [column, row]

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

// Rows of a column are turned by its number: neither four columns of eight rows nor 16 columns of
// one row meet in a bank.
fn at(column: u32, row: u32) -> u32 {
  let height = (p.n - p.first + 31u) / 32u * 32u;
  return column * height + (row ^ (((column & 12u) << 1u) | (column & 3u)));
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let m = wid.x + wid.y * num.x;
  if (m >= p.batch) { return; }                   // the whole workgroup
  let blocks = p.width / 4u;
  let height = p.n - p.first;
  let corner = ((m * p.n + p.first) * p.n + p.first) / 4u;
  for (var e = t; e < height * blocks; e += WIDTH) {
    let v = lu[corner + e / blocks * (p.n / 4u) + e % blocks];
    for (var c = 0u; c < 4u; c++) { s[at(e % blocks * 4u + c, e / blocks)] = v[c]; }
  }
  var total = 0.0;
  var side = 1.0;
  if (p.first > 0u) { total = log_det[m]; side = sign[m]; }
  var singular = side == 0.0;
  workgroupBarrier();

  for (var k = 0u; k < p.width; k++) {
    var best = abs(s[at(k, k)]);
    var row = k;
    for (var r = k + 1u; r < height; r++) {
      let size = abs(s[at(k, r)]);
      if (size > best) { best = size; row = r; }
    }
    let u = s[at(k, row)];
    let none = abs(u) < 1.17549435e-38;           // subnormals count as 0
    singular = singular | none;
    let pivot = select(u, 1.0, none);
    total += ln(pivot);
    side = select(side, -side, (row != k) != (pivot < 0.0));
    if (t == 0u) { swaps[m * p.n + p.first + k] = p.first + row; }
    workgroupBarrier();

    for (var j = t; j < p.width; j += WIDTH) {
      let held = s[at(j, k)];
      s[at(j, k)] = s[at(j, row)];
      s[at(j, row)] = held;
    }
    workgroupBarrier();

    for (var r = k + 1u + t; r < height; r += WIDTH) {
      let f = s[at(k, r)] / pivot;
      s[at(k, r)] = f;
      for (var j = k + 1u; j < p.width; j++) { s[at(j, r)] -= f * s[at(j, k)]; }
    }
    workgroupBarrier();
  }

  for (var e = t; e < height * blocks; e += WIDTH) {
    let c = e % blocks * 4u;
    let r = e / blocks;
    lu[corner + r * (p.n / 4u) + e % blocks] =
      vec4f(s[at(c, r)], s[at(c + 1u, r)], s[at(c + 2u, r)], s[at(c + 3u, r)]);
  }
  if (t == 0u) {
    log_det[m] = result(total, singular);
    sign[m] = select(side, 0.0, singular);
  }
}
