// random_normal / 1_box_muller: y[i] from the standard normal distribution
//
// Box and Muller: with u in (0, 1) and an angle a, both uniform, sqrt(-2 ln u) cos a and
// sqrt(-2 ln u) sin a are independent normal numbers. u = (w + 1/2) / 2^32 reaches 6.7 sigma. Its
// logarithm is taken from the nearer end of (0, 1), so small radii are as exact as large ones. The
// angle is cut to an eighth of a turn in integers, where it loses nothing. Each result is within
// 3.2e-7 of its size.
//
// Source    Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (Random123).
// Layout    key is [seed, stream, run low, run high]. Block b of four elements is drawn at the
//           counter (b, call, run low, run high), so a number depends on nothing but these six.
// Threads   one per block of four elements; the last block may reach past n, into the padding.
// Sync      none.
// Compare   random_uniform makes flat numbers of the same words.

struct Params { n: u32, call: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> key: array<u32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

// Both halves of a 64-bit product, from 16-bit pieces: (high, low).
fn wide(a: u32, b: u32) -> vec2u {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let cross = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let carry = (a & 0xffffu) * (b >> 16u) + (cross & 0xffffu);
  return vec2u((a >> 16u) * (b >> 16u) + (cross >> 16u) + (carry >> 16u), a * b);
}

// Philox4x32-10: four random words from a counter and a key.
fn philox(counter: vec4u, seed: vec2u) -> vec4u {
  var c = counter;
  var k = seed;
  for (var round = 0u; round < 10u; round++) {
    let left = wide(0xd2511f53u, c.x);
    let right = wide(0xcd9e8d57u, c.z);
    c = vec4u(right.x ^ c.y ^ k.x, right.y, left.x ^ c.w ^ k.y, left.y);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}

// -ln((w + 1/2) / 2^32).
fn minus_log(w: u32) -> f32 {
  let upper = w >= 0x80000000u;
  let v = (f32(select(w, ~w, upper)) + 0.5) * 2.3283064365386963e-10;  // distance to the nearer end
  let near = upper & (v < 0.292893);                                     // 1 - v in [sqrt(1/2), 1)
  let bits = bitcast<u32>(select(v, 1.0 - v, upper));
  let k = bitcast<i32>(bits - 0x3f3504f3u) >> 23u;                        // u = 2^k (1 + f)
  let f = select(bitcast<f32>(bits - bitcast<u32>(k << 23u)) - 1.0, -v, near);
  let high = 0.14180699 + f * (-0.131304473 + f * (0.128858611 + f * -0.0785996616));
  let q = 0.333333164 + f * (-0.250008166 + f * (0.200023025 + f * (-0.166243494 + f * high)));
  let e = select(f32(k), 0.0, near);
  return -(e * 0.69314718 + (f - (f * f * 0.5 - f * f * (f * q))));
}

// Two normal numbers of two words.
fn pair(w: u32, turn: u32) -> vec2f {
  let quarter = (turn + 0x20000000u) >> 30u;
  let a = f32(bitcast<i32>(turn - (quarter << 30u))) * 1.46291807926715968e-9;  // 2 pi / 2^32
  let z = a * a;
  let s = a + a * z * (-0.166666538 + z * (0.008332083 + z * -0.000195043176));
  let c = 1.0 - z * 0.5 + z * z * (0.0416666456 + z * (-0.00138872431 + z * 2.4423889e-5));
  let r = sqrt(2.0 * minus_log(w));
  let odd = (quarter & 1u) == 1u;
  let cosine = select(c, s, odd) * select(1.0, -1.0, (quarter == 1u) | (quarter == 2u));
  let sine = select(s, c, odd) * select(1.0, -1.0, quarter >= 2u);
  return r * vec2f(cosine, sine);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let b = (wid.x + wid.y * num.x) * WIDTH + t;
  if (b >= (p.n + 3u) / 4u) { return; }
  let words = philox(vec4u(b, p.call, key[2], key[3]), vec2u(key[0], key[1]));
  y[b] = vec4f(pair(words.x, words.y), pair(words.z, words.w));
}
