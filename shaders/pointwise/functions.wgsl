// pointwise / functions: the scalar functions that generated pointwise kernels call
//
// Why       WGSL lets exp, log, tanh, sin and pow be poor (one software driver: log(0) = -88,
//           log(-100) = 4.6, tanh(100) = NaN, sin 2e-4 off) and lets NaN and Inf be assumed away.
//           Here only + - * /, comparisons, floor and integer operations are trusted, and the
//           builtin sqrt and inverseSqrt for positive normal numbers.
// Specials  as IEEE and PyTorch: NaN in, NaN out; log(0) = -inf, log(<0) = NaN, exp(-inf) = 0.
//           They are chosen by integer selects on the bits, which no compiler may fold.
//           Results below 2^-126 become 0; subnormal arguments may count as 0.
// Accuracy  each function says its largest error against float64, measured at 10^6 arguments on a
//           software Vulkan adapter and held by test/accuracy.test.ts there and on a second one,
//           SwiftShader and lavapipe. 1 ULP is one unit in the last of 24 binary places.
// Reading   polynomials are minimax fits for float32, lowest power innermost last (Horner).
//           No && and no arrays: both make some drivers slow.
// Rounding  x + 1.5 · 2^23 leaves the integer nearest to x in the low bits of the sum, for |x| <
//           2^22. Taken out as an integer it costs two operations; floor() and i32() cost a CPU
//           driver more than the rest of exp. No float is subtracted again, so no compiler that
//           reorders sums can undo it.
// Shifts    x · 2^23 is a product by 0x800000: a CPU driver shifts lane by lane, which took a
//           quarter of exp. A GPU's compiler shifts again.

fn isNan32(x: f32) -> bool { return bitcast<i32>(bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000i; }

fn isInf32(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u; }

// y, or NaN where `bad`.
fn orNan32(y: f32, bad: bool) -> f32 {
  return bitcast<f32>(select(bitcast<u32>(y), 0x7fc00000u, bad));
}

// The smaller of two that are not negative, `most` for NaN. Such floats are ordered as their bits;
// min of floats asks for NaNs on the way, four times the cost on a CPU driver.
fn atMost32(x: f32, most: f32) -> f32 {
  return bitcast<f32>(min(bitcast<i32>(x), bitcast<i32>(most)));
}

// x, or 0 for negative x, by its bits.
fn positive32(x: f32) -> f32 { return bitcast<f32>(max(bitcast<i32>(x), 0i)); }

// y <= 0 or >= 0 as x is, -0 for -0.
fn signed32(y: f32, x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(y) | (bitcast<u32>(x) & 0x80000000u));
}

// |y| with the sign bit of x.
fn withSign32(y: f32, x: f32) -> f32 {
  return bitcast<f32>((bitcast<u32>(y) & 0x7fffffffu) | (bitcast<u32>(x) & 0x80000000u));
}

// The leading 12 of 24 binary places, so that a product of two such numbers is exact.
fn head32(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }

// e^r - 1 for |r| <= ln(2) / 2.
fn expm1Near32(r: f32) -> f32 {
  let q = 0.5 + r * (0.166665331 + r * (0.0416662507 + r * (0.00836792309 + r * 0.00139487686)));
  return r + r * r * q;
}

// e^r for |r| <= ln(2) / 2. The sum goes through an integer minimum that never bites: a compiler
// may regroup 1 + (r + s) as (1 + r) + s, which costs 0.2 ULP on Mesa's. Where that is a small
// part of the error, as below, the sum stands bare.
fn expRest32(r: f32) -> f32 {
  return 1.0 + bitcast<f32>(min(bitcast<i32>(expm1Near32(r)), 0x3f800000i));
}

// x / ln 2 rounded to an integer n: the low bits of the result are 127 + n.
fn halvings32(x: f32) -> u32 { return bitcast<u32>(x * 1.44269504 + 12583039.0); }

// n of these bits.
fn count32(bits: u32) -> f32 { return f32(bitcast<i32>(bits - 0x4b40007fu)); }

// x - n ln 2, with ln 2 in two parts: n times the first is exact.
fn lessHalvings32(x: f32, n: f32) -> f32 { return (x - n * 0.693115234375) - n * 3.19461833e-5; }

// e^x for -87.7 <= x <= 88; 2^n is 0 at -87.7, and so is the result.
fn expNear32(x: f32) -> f32 {
  let bits = halvings32(x);
  let r = lessHalvings32(x, count32(bits));
  return (1.0 + expm1Near32(r)) * bitcast<f32>(bits * 0x800000u);
}

// y * 2^n for 0.5 < y < 2; inf when too large. The caller flushes what is too small.
fn scale32(y: f32, n: f32) -> f32 {
  return bitcast<f32>(min(bitcast<u32>(y) + bitcast<u32>(i32(n)) * 0x800000u, 0x7f800000u));
}

// e^x. At most 1.1 ULP on [-87.3, 88.7].
fn exp32(x: f32) -> f32 {
  let bits = halvings32(x);
  let e = expRest32(lessHalvings32(x, count32(bits)));
  var y = bitcast<u32>(e) + ((bits - 127u) * 0x800000u);   // e 2^n, where 2^n may be too large
  y = select(y, 0u, x < -87.3365448);                      // e^x < 2^-126
  y = select(y, 0x7f800000u, x >= 88.7228394);
  return orNan32(bitcast<f32>(y), isNan32(x));
}

// e^x - 1 for -30 <= x <= 88.
fn expm1In32(x: f32) -> f32 {
  let bits = halvings32(x);
  let s = bitcast<f32>(bits * 0x800000u);                  // 2^n
  return s * expm1Near32(lessHalvings32(x, count32(bits))) + (s - 1.0);
}

// e^x - 1. At most 1.8 ULP.
fn expm1_32(x: f32) -> f32 {
  let low = select(x, -30.0, x < -30.0);
  let bits = halvings32(low);
  let half = bitcast<f32>((bits - 1u) * 0x800000u);        // 2^n / 2, finite for finite results
  let y = 2.0 * (half * expm1Near32(lessHalvings32(low, count32(bits))) + (half - 0.5));
  var z = select(y, x, abs(x) < 1e-8);
  z = bitcast<f32>(select(bitcast<u32>(z), 0x7f800000u, x > 88.7228394));
  return orNan32(z, isNan32(x));
}

// ln(1 + f) - f + f^2 / 2 for sqrt(1/2) - 1 <= f <= sqrt(2) - 1.
fn logRest32(f: f32) -> f32 {
  let high = 0.14180699 + f * (-0.131304473 + f * (0.128858611 + f * -0.0785996616));
  let q = 0.333333164 + f * (-0.250008166 + f * (0.200023025 + f * (-0.166243494 + f * high)));
  return f * f * (f * q);
}

// k ln 2 + ln(1 + f), f as above.
fn logNear32(f: f32, k: f32) -> f32 {
  let low = logRest32(f) + k * 3.19461833e-5;
  return k * 0.693115234375 + (f - (f * f * 0.5 - low));
}

// Bits of x > 0 as they would be with a leading one: subnormals are scaled by 2^149.
fn normalBits32(x: f32) -> u32 {
  let b = bitcast<u32>(x);
  return select(b, bitcast<u32>(f32(b)), b < 0x00800000u);
}

// k 2^23 for the k for which x 2^-k lies in [sqrt(1/2), sqrt(2)), of normal bits.
fn exponent32(b: u32) -> u32 { return (b - 0x3f3504f3u) & 0xff800000u; }

// k of that.
fn power32(exponent: u32) -> f32 { return f32(bitcast<i32>(exponent)) * 1.1920929e-7; }

// ln x, for subnormal x too. At most 0.9 ULP.
fn log32(x: f32) -> f32 {
  let b = normalBits32(x);
  let kBits = exponent32(b);
  let f = bitcast<f32>(b - kBits) - 1.0;
  let tiny = bitcast<u32>(x) < 0x00800000u;
  var y = bitcast<u32>(logNear32(f, power32(kBits) - select(0.0, 149.0, tiny)));
  let bits = bitcast<u32>(x);
  y = select(y, 0x7f800000u, bits == 0x7f800000u);
  y = select(y, 0x7fc00000u, bits > 0x7f800000u);                  // NaN, and all with a sign
  return bitcast<f32>(select(y, 0xff800000u, (bits & 0x7fffffffu) == 0u));
}

// ln(1 + x). Near 0 the series is in x itself, so no digit is lost to 1 + x. At most 2.5 ULP.
fn log1p32(x: f32) -> f32 {
  let b = normalBits32(1.0 + x);
  let kBits = exponent32(b);
  let f = select(bitcast<f32>(b - kBits) - 1.0, x, kBits == 0u);
  var y = bitcast<u32>(select(logNear32(f, power32(kBits)), x, abs(x) < 1e-8));
  y = select(y, 0x7f800000u, bitcast<u32>(x) == 0x7f800000u);
  y = select(y, 0xff800000u, x == -1.0);
  return bitcast<f32>(select(y, 0x7fc00000u, (x < -1.0) | isNan32(x)));
}

// sin(x + quarter pi/2). Three parts of pi/2, 8 bits first, keep n times each exact to |x| <= 1e5.
fn sinQuarter32(x: f32, quarter: u32) -> f32 {
  let n = floor(x * 0.636619772 + 0.5);
  let raw = ((x - n * 1.5703125) - n * 0.0004825592041015625) - n * 1.26759085e-6;
  let near = select(raw, -0.8, raw < -0.8);
  let r = select(near, 0.8, near > 0.8);                           // far arguments stay in [-1, 1]
  let z = r * r;
  let s = r + r * z * (-0.166666538 + z * (0.008332083 + z * -0.000195043176));
  let c = 1.0 - z * 0.5 + z * z * (0.0416666456 + z * (-0.00138872431 + z * 2.4423889e-5));
  let q = bitcast<u32>(i32(n)) + quarter;
  let y = bitcast<u32>(select(s, c, (q & 1u) == 1u)) ^ ((q & 2u) << 30u);
  let bits = bitcast<u32>(x) & 0x7fffffffu;
  return bitcast<f32>(select(y, 0x7fc00000u, bits >= 0x7f800000u));
}

// sin x, x in radians. Within 9.5e-8 for |x| <= 1e5; beyond, no digit need be right, but the result
// stays in [-1, 1].
fn sin32(x: f32) -> f32 { return select(sinQuarter32(x, 0u), x, abs(x) < 1e-4); }

// cos x, likewise. Within 9.5e-8 for |x| <= 1e5.
fn cos32(x: f32) -> f32 { return sinQuarter32(x, 1u); }

// tanh x = t / (2 + t) with t = e^(2x) - 1. At most 2.6 ULP.
fn tanh32(x: f32) -> f32 {
  let t = expm1In32(2.0 * atMost32(abs(x), 9.2));
  return orNan32(signed32(t / (2.0 + t), x), isNan32(x));
}

// e^-|x|, 0 below 2^-126. The caller sees to NaN.
fn decay32(x: f32) -> f32 { return expNear32(-atMost32(abs(x), 87.7)); }

// 1 / (1 + e^-x). At most 2.3 ULP.
fn sigmoid32(x: f32) -> f32 {
  let e = decay32(x);
  return orNan32(select(1.0, e, x < 0.0) / (1.0 + e), isNan32(x));
}

// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|). At most 2.7 ULP.
fn softplus32(x: f32) -> f32 {
  return orNan32(positive32(x) + log1p32(decay32(x)), isNan32(x));
}

// ln sigmoid(x) = -softplus(-x). At most 2.7 ULP.
fn logSigmoid32(x: f32) -> f32 { return -softplus32(-x); }

// x sigmoid(x); NaN at -inf, as inf times 0. At most 3.2 ULP above -87.
fn silu32(x: f32) -> f32 {
  return orNan32(x * sigmoid32(x), bitcast<u32>(x) == 0xff800000u);
}

// x for x > 0, else alpha (e^x - 1). At most 1.9 ULP.
fn elu32(x: f32, alpha: f32) -> f32 { return select(alpha * expm1_32(x), x, x > 0.0); }

// e^(z^2) erfc(z) for z >= 0, as t times a polynomial in t = 1 / (1 + 0.4 z).
fn erfcScaled32(t: f32) -> f32 {
  let high = 0.540818095 + t * (-0.493849218 + t * (0.195903018 + t * -0.0292058177));
  let mid = 0.130700126 + t * (0.269113064 + t * (-0.278863639 + t * high));
  return t * (0.225705564 + t * (0.224978298 + t * (0.214700535 + t * mid)));
}

// The error function for |x| < 1.
fn erfNear32(x: f32) -> f32 {
  let z = x * x;
  let high = -0.0268544443 + z * (0.00518953521 + z * (-0.000802084222 + z * 7.88912221e-5));
  return x * (1.12837911 + z * (-0.37612626 + z * (0.112836003 + z * high)));
}

// The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x. Within 1.4e-7 and
// at most 2.5 ULP.
fn erf32(x: f32) -> f32 {
  let far = withSign32(1.0 - exp32(-x * x) * erfcScaled32(1.0 / (1.0 + 0.4 * abs(x))), x);
  return orNan32(select(far, erfNear32(x), abs(x) < 1.0), isNan32(x));
}

// e^(-a^2 / 2) for 0 <= a <= 13.25, where it is 0: the square in two parts, whose first is exact.
fn bell32(a: f32) -> f32 {
  let h = head32(a);
  let bits = halvings32(-0.5 * a * a);
  let r = lessHalvings32(-0.5 * h * h, count32(bits)) - 0.5 * ((a - h) * (a + h));
  return (1.0 + expm1Near32(r)) * bitcast<f32>(bits * 0x800000u);
}

// x Phi(x), Phi the normal distribution (the exact form); NaN at -inf, as inf times 0.
// Within 2.4e-7 on [-5, 5] and at most 8 ULP above -12.
fn gelu32(x: f32) -> f32 {
  let a = atMost32(abs(x), 13.25);
  let tail = bell32(a) * erfcScaled32(1.0 / (1.0 + 0.282842712 * a));          // 2 Phi(-|x|)
  let y = positive32(x) - (0.5 * a) * tail;
  return orNan32(signed32(y, x), isNan32(x) | (bitcast<u32>(x) == 0xff800000u));
}

// x^y. ln x and its product with y are carried in two parts. C's special cases. At most
// 1.2 ULP for |y| <= 10, 6 ULP for larger ones.
fn pow32(x: f32, y: f32) -> f32 {
  let b = normalBits32(abs(x));
  let kBits = exponent32(b);
  let f = bitcast<f32>(b - kBits) - 1.0;
  let tiny = bitcast<u32>(abs(x)) < 0x00800000u;
  let l = log2Parts32(f, power32(kBits) - select(0.0, 149.0, tiny));
  let rough = y * (l.x + l.y);
  let yh = head32(y);
  let e = yh * l.x;
  let tail = yh * l.y + (y - yh) * (l.x + l.y);
  let n = floor(e + tail + 0.5);
  var r = bitcast<u32>(scale32(expRest32(((e - n) + tail) * 0.693147181), n));
  r = select(r, 0u, rough < -126.0);
  r = select(r, 0x7f800000u, rough > 128.01);
  return powSpecial32(x, y, r);
}

// log2(1 + f) + k in two parts, the first of 12 bits: ln(1 + f) = 2 atanh(s), s = f / (2 + f).
fn log2Parts32(f: f32, k: f32) -> vec2f {
  let d = 2.0 + f;
  let dh = head32(d);
  let s = f / d;
  let sh = head32(s);
  let sl = ((f - sh * dh) - sh * (f - (dh - 2.0))) / d;   // the rest of s
  let z = s * s;
  let rest = sl + s * z * (0.333333343 + z * (0.200000629 + z * (0.142752528 + z * 0.116693161)));
  let high = sh * 2.884765625;                            // 2 log2(e) = 2.884765625 + 0.000624...
  let low = sh * 0.000624456792 + rest * 2.88539008;
  let first = head32(k + high);
  return vec2f(first, ((k - first) + high) + low);
}

// The bits r of |x|^y corrected for the sign and the special cases of C's pow.
fn powSpecial32(x: f32, y: f32, r: u32) -> f32 {
  let ax = bitcast<u32>(x) & 0x7fffffffu;
  let ay = bitcast<u32>(y) & 0x7fffffffu;
  let big = ay >= 0x4b800000u;                             // |y| >= 2^24: an even integer, or inf
  let whole = big | (floor(y) == y);
  let odd = !big & whole & (floor(y * 0.5) * 2.0 != y);
  let negative = bitcast<u32>(x) > 0x80000000u;
  let edge = (ax == 0u) | (ax == 0x7f800000u);
  let grows = (ax == 0u) == (bitcast<u32>(y) > 0x80000000u);
  var v = select(r, select(0u, 0x7f800000u, grows), edge);
  v = select(v, 0x3f800000u, ax == 0x3f800000u);
  v = v | select(0u, bitcast<u32>(x) & 0x80000000u, odd);
  let bad = (negative & !edge & !whole) | (ax > 0x7f800000u) | (ay > 0x7f800000u);
  v = select(v, 0x7fc00000u, bad);
  return bitcast<f32>(select(v, 0x3f800000u, (ay == 0u) | (bitcast<u32>(x) == 0x3f800000u)));
}

// Square root; subnormals count as 0. At most 0.5 ULP.
fn sqrt32(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let normal = (bits >= 0x00800000u) & (bits < 0x7f800000u);
  var y = select(bits & 0x80000000u, bitcast<u32>(sqrt(select(1.0, x, normal))), normal);
  y = select(y, 0x7f800000u, bits == 0x7f800000u);
  let bad = isNan32(x) | (bits >= 0x80800000u);
  return bitcast<f32>(select(y, 0x7fc00000u, bad));
}

// 1 / sqrt(x), inf with the sign of a zero; subnormals count as 0. At most 1.5 ULP.
fn rsqrt32(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let normal = (bits >= 0x00800000u) & (bits < 0x7f800000u);
  let zero = (bits & 0x80000000u) | 0x7f800000u;
  var y = select(zero, bitcast<u32>(inverseSqrt(select(1.0, x, normal))), normal);
  y = select(y, 0u, bits == 0x7f800000u);
  let bad = isNan32(x) | (bits >= 0x80800000u);
  return bitcast<f32>(select(y, 0x7fc00000u, bad));
}

// a / b; subnormals count as 0. Large b is scaled, for drivers that multiply by 1 / b. 0.5 ULP
// where the driver divides exactly; WGSL asks for 2.5.
fn div32(a: f32, b: f32) -> f32 {
  let sign = (bitcast<u32>(a) ^ bitcast<u32>(b)) & 0x80000000u;
  let aa = bitcast<u32>(a) & 0x7fffffffu;
  let ab = bitcast<u32>(b) & 0x7fffffffu;
  let aZero = aa < 0x00800000u;
  let bZero = ab < 0x00800000u;
  let aInf = aa == 0x7f800000u;
  let bInf = ab == 0x7f800000u;
  let s = select(1.0, 0.0625, ab > 0x7d000000u);
  var y = bitcast<u32>((a * s) / (select(b, 1.0, bZero | bInf) * s));
  y = select(y, sign, aZero | bInf);
  y = select(y, sign | 0x7f800000u, bZero | aInf);
  let bad = (aZero & bZero) | (aInf & bInf) | (aa > 0x7f800000u) | (ab > 0x7f800000u);
  return bitcast<f32>(select(y, 0x7fc00000u, bad));
}

// 1 / x.
fn reciprocal32(x: f32) -> f32 { return div32(1.0, x); }

// The larger, NaN if either is.
fn maximum32(a: f32, b: f32) -> f32 {
  return orNan32(select(b, a, a >= b), isNan32(a) | isNan32(b));
}

// The smaller, NaN if either is.
fn minimum32(a: f32, b: f32) -> f32 {
  return orNan32(select(b, a, a <= b), isNan32(a) | isNan32(b));
}

// -1, 0 or 1; NaN for NaN.
fn sign32(x: f32) -> f32 { return orNan32(f32(x > 0.0) - f32(x < 0.0), isNan32(x)); }

// The largest integer <= x.
fn floor32(x: f32) -> f32 {
  let whole = (bitcast<u32>(x) & 0x7fffffffu) >= 0x4b000000u;      // |x| >= 2^23, inf, NaN
  return bitcast<f32>(select(bitcast<u32>(floor(x)), bitcast<u32>(x), whole));
}

// The nearest integer, halves to the even one.
fn round32(x: f32) -> f32 {
  let down = floor(x);
  let over = x - down;
  let odd = floor(down * 0.5) * 2.0 != down;
  let up = (over > 0.5) | ((over == 0.5) & odd);
  let whole = (bitcast<u32>(x) & 0x7fffffffu) >= 0x4b000000u;
  let near = withSign32(select(down, down + 1.0, up), x);
  return bitcast<f32>(select(bitcast<u32>(near), bitcast<u32>(x), whole));
}

// The nearest half float (binary16), ties to even; inf from 65520. In integers, since some drivers
// leave out the rounding of a conversion there and back.
fn half32(x: f32) -> f32 {
  let size = bitcast<u32>(x) & 0x7fffffffu;
  let near = (size + 0xfffu + ((size >> 13u) & 1u)) & 0xffffe000u;
  let small = bitcast<u32>(round32(abs(x) * 16777216.0) * (1.0 / 16777216.0));  // below 2^-14
  let finite = select(near, small, size < 0x38800000u);
  let large = select(finite, 0x7f800000u, size >= 0x477ff000u);
  return withSign32(bitcast<f32>(select(large, size, size > 0x7f800000u)), x);
}
