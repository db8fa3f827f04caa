// random_uniform / 1_philox: y[i] uniform on the multiples of 2^-24 in [0, 1)
//
// Source    Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3" (Random123).
// Layout    key is [seed, stream, run low, run high]. Block b of four elements is drawn at the
//           counter (b, call, run low, run high), so a number depends on nothing but these six.
// Threads   one per block of four elements; the last block may reach past n, into the padding.
// Sync      none.
// Compare   random_bits leaves the words as they are.

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

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let b = (wid.x + wid.y * num.x) * WIDTH + t;
  if (b >= (p.n + 3u) / 4u) { return; }
  let words = philox(vec4u(b, p.call, key[2], key[3]), vec2u(key[0], key[1]));
  y[b] = vec4f(words >> vec4u(8u)) * 5.9604644775390625e-8;
}
