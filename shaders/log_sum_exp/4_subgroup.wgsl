// log_sum_exp / 4_subgroup: y[o] = m + ln(sum exp(x[o, j] - m)), where m = max x[o, j]
//
// Maximum and sum run over j. Rows whose maximum is infinite or NaN give just that.
//
// Layout    x is [outer, n], y is [outer], row-major; x is read four at a time: n is a multiple
//           of 4, inner is 1.
// Threads   a workgroup is one subgroup of SIZE lanes and owns a row; lane t takes the vectors t,
//           t + SIZE, ...
// Sync      none: the lanes exchange maxima and sums by shuffles, log2(SIZE) times each.
// Compare   3_rows, a row to one thread; 2_tree, the exchange through shared memory.

enable subgroups;

struct Params { outer: u32, n: u32, inner: u32 }

override SIZE: u32 = 32u;  // lanes of a subgroup on this adapter

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn is_nan(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) << vec4u(1u)) > vec4u(0xff000000u);
}

// The larger one, or NaN if either is.
fn max_nan(a: vec4f, b: vec4f) -> vec4f {
  return select(select(max(a, b), b, is_nan(b)), a, is_nan(a));
}

// e^t for t <= 0 as 2^k e^r with |r| <= ln 2 / 2, e^r by a minimax fit. The sum with 1.5 · 2^23
// leaves 127 + k in its low bits; they are 0 at -87.7 and below, and so is the result. 2^k by a
// product: a CPU driver shifts lane by lane.
fn exp_down(t: vec4f) -> vec4f {
  let u = max(t, vec4f(-87.7));
  let bits = bitcast<vec4u>(u * 1.44269504 + 12583039.0);
  let k = vec4f(bitcast<vec4i>(bits - 0x4b40007fu));
  let r = (u - k * 0.693115234375) - k * 3.19461833e-5;
  let high = 0.0416662507 + r * (0.00836792309 + r * 0.00139487686);
  let e = 1.0 + (r + r * r * (0.5 + r * (0.166665331 + r * high)));
  return e * bitcast<vec4f>(bits * 0x800000u);
}

// ln s for s >= 1: s = 2^k z with z near 1, ln z = 2 artanh f by its series.
fn log_up(s: f32) -> f32 {
  let k = (bitcast<u32>(s) - 0x3f3504f3u) >> 23u;
  let z = bitcast<f32>(bitcast<u32>(s) - (k << 23u));
  let f = (z - 1.0) / (z + 1.0);
  let q = f * f;
  let series = 0.666666687 + q * (0.4 + q * (0.285714298 + q * 0.222222224));
  return f32(k) * 0.693147182 + f * (2.0 + q * series);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) t: u32,
) {
  let row = min(wid.x + wid.y * num.x, p.outer - 1u);
  let live = wid.x + wid.y * num.x < p.outer;  // workgroups beyond the last row store nothing
  let quads = p.n / 4u;
  let base = row * quads;

  var m4 = x[base];
  for (var j = t; j < quads; j += SIZE) { m4 = max_nan(m4, x[base + j]); }
  for (var lane = 1u; lane < SIZE; lane *= 2u) {
    m4 = max_nan(m4, subgroupShuffleXor(m4, lane));
  }
  let m2 = max_nan(m4, m4.zwzw);
  let m = max_nan(m2, m2.yyyy).x;

  var s4 = vec4f(0.0);
  for (var j = t; j < quads; j += SIZE) { s4 += exp_down(x[base + j] - m); }
  var s = (s4.x + s4.z) + (s4.y + s4.w);
  for (var lane = 1u; lane < SIZE; lane *= 2u) { s += subgroupShuffleXor(s, lane); }

  let finite = (bitcast<u32>(m) << 1u) < 0xff000000u;
  if (live & (t == 0u)) { y[row] = epilogue(select(m, m + log_up(s), finite), row); }
}
