// log_sum_exp / 1_serial: y[o, i] = m + ln(sum exp(x[o, j, i] - m)), where m = max x[o, j, i]
//
// Maximum and sum run over j. Lines whose maximum is infinite or NaN give just that.
//
// Layout    x is [outer, n, inner], y is [outer, inner], row-major.
// Threads   one per element of y, so neighbours read neighbours when inner > 1. Two passes:
//           maximum, sum of exponentials.
// Sync      none.
// Compare   2_tree shares a line among threads.

struct Params { outer: u32, n: u32, inner: u32 }

override BLOCK: u32 = 32u;  // terms added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// The larger one, or NaN if either is.
fn max_nan(a: f32, b: f32) -> f32 { return select(select(max(a, b), b, is_nan(b)), a, is_nan(a)); }

// e^t for t <= 0 as 2^k e^r with |r| <= ln 2 / 2, e^r by a minimax fit. The sum with 1.5 · 2^23
// leaves 127 + k in its low bits; they are 0 at -87.7 and below, and so is the result. 2^k by a
// product: a CPU driver shifts lane by lane.
fn exp_down(t: f32) -> f32 {
  let u = max(t, -87.7);
  let bits = bitcast<u32>(u * 1.44269504 + 12583039.0);
  let k = f32(bitcast<i32>(bits - 0x4b40007fu));
  let r = (u - k * 0.693115234375) - k * 3.19461833e-5;
  let high = 0.0416662507 + r * (0.00836792309 + r * 0.00139487686);
  let e = 1.0 + (r + r * r * (0.5 + r * (0.166665331 + r * high)));
  return e * bitcast<f32>(bits * 0x800000u);
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

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let line = (wid.x + wid.y * num.x) * WIDTH + t;
  if (line >= p.outer * p.inner) { return; }
  let base = (line / p.inner) * p.n * p.inner + line % p.inner;

  var m = x[base];
  for (var j = 1u; j < p.n; j++) { m = max_nan(m, x[base + j * p.inner]); }

  var s = 0.0;
  for (var head = 0u; head < p.n; head += BLOCK) {
    var part = 0.0;
    for (var j = head; j < min(head + BLOCK, p.n); j++) {
      part += exp_down(x[base + j * p.inner] - m);
    }
    s += part;
  }
  let finite = (bitcast<u32>(m) << 1u) < 0xff000000u;
  y[line] = epilogue(select(m, m + log_up(s), finite), line);
}
