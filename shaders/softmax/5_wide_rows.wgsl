// softmax / 5_wide_rows: y[o, j] = exp(x[o, j] - m) / s, m = max x[o] and s = sum exp(x[o] - m)
//
// With LOG 1 the result is the logarithm, x - m - ln s. A row with a NaN or +Inf, or with nothing
// but -Inf, has no softmax: all of it becomes NaN.
//
// Layout    x and y are [outer, n], row-major, read and written sixteen at a time: n is a multiple
//           of 16, inner is 1.
// Threads   one per row. Two passes: sum of exponentials, result. m is the largest element, or up
//           to 1 less: the sum is scaled down only when an element is larger than m + 1. For CPU
//           drivers, which check bounds once per 64 bytes, compute both sides of an if, shift lane
//           by lane (so 2^k is a product) and divide for the length of an array unless it was asked
//           for before the loop. On a GPU neighbours would read a row apart.
// Sync      none.
// Compare   3_rows, four at a time in three passes.

struct Params { outer: u32, n: u32, inner: u32 }

override LOG: u32 = 0u;    // 1 for log-softmax
override BLOCK: u32 = 64u; // sixteens added by themselves before they join the sum
override WIDTH: u32 = 64u; // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<array<vec4f, 4>>;
@group(0) @binding(1) var<storage, read_write> y: array<array<vec4f, 4>>;
@group(0) @binding(2) var<uniform> p: Params;

// The larger one. A compare costs a CPU driver a third of max, which asks for NaNs on the way.
fn larger(a: vec4f, b: vec4f) -> vec4f { return select(a, b, b > a); }

// e^t for t <= 1 as 2^k e^r with |r| <= ln 2 / 2, e^r by a minimax fit. The sum with 1.5 · 2^23
// leaves 127 + k in its low bits; they are 0 at -87.7 and below, and so is the result. NaN for NaN.
fn exp_near(t: vec4f) -> vec4f {
  let u = select(t, vec4f(-87.7), t < vec4f(-87.7));
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

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let row = (wid.x + wid.y * num.x) * WIDTH + t;
  if ((row >= p.outer) | (min(arrayLength(&x), arrayLength(&y)) == 0u)) { return; }
  let begin = row * (p.n / 16u);
  let end = begin + p.n / 16u;

  var m = -3.4028234e38;  // within 1 of the largest element so far
  var s = 0.0;
  for (var head = begin; head < end; head += BLOCK) {
    var part = 0.0;
    for (var j = head; j < min(head + BLOCK, end); j++) {
      let v = x[j];
      let n4 = larger(larger(v[0], v[1]), larger(v[2], v[3]));
      let n2 = larger(n4, n4.zwzw);
      let n = larger(n2, n2.yyyy).x;
      let next = select(m, n, n > m + 1.0);
      let less = exp_near(vec4f(m - next)).x;
      part *= less;
      s *= less;
      m = next;
      let e = (exp_near(v[0] - m) + exp_near(v[1] - m)) + (exp_near(v[2] - m) + exp_near(v[3] - m));
      part += (e.x + e.y) + (e.z + e.w);
    }
    s += part;
  }

  let log_s = log_up(s);
  // s is 0 where all are -Inf, NaN where an element is NaN or +Inf; else it is at least 1.
  let undefined = (s == 0.0) | ((bitcast<u32>(s) << 1u) > 0xff000000u);
  let nan = bitcast<f32>(bitcast<u32>(m) | 0x7fc00000u);
  let scale = select(1.0 / s, nan, undefined);
  let level = select(m, nan, undefined);
  for (var j = begin; j < end; j++) {
    if (LOG == 1u) {
      let v = x[j];
      y[j] = array<vec4f, 4>(
        (v[0] - level) - log_s, (v[1] - level) - log_s,
        (v[2] - level) - log_s, (v[3] - level) - log_s,
      );
    } else {
      let v = x[j];
      y[j] = array<vec4f, 4>(
        exp_near(v[0] - m) * scale, exp_near(v[1] - m) * scale,
        exp_near(v[2] - m) * scale, exp_near(v[3] - m) * scale,
      );
    }
  }
}
