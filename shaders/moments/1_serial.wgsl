// moments / 1_serial: mean[o, c, i] = sum x / n and variance[o, c, i] = sum (x - mean)^2 / n
//
// Both sums run over the x[o, j, i] of chunk c; n is their number.
//
// Layout    x is [outer, n, inner], mean and variance are [outer, chunks, inner], row-major.
//           Chunk c holds j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   one per result, so neighbours read neighbours when inner > 1. Two passes: the second
//           measures from the mean, so a large mean costs no digits.
// Sync      none.
// Compare   2_tree shares a line among threads; 3_columns loads four columns at a time;
//           moments_merge/1_serial joins chunks.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override BLOCK: u32 = 32u;  // terms added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> mean: array<f32>;
@group(0) @binding(2) var<storage, read_write> variance: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.chunks * p.inner) { return; }
  let c = (e / p.inner) % p.chunks;
  let base = (e / (p.inner * p.chunks)) * p.n * p.inner + e % p.inner;
  let begin = c * p.chunk;
  let end = min(begin + p.chunk, p.n);
  let count = f32(end - begin);

  var total = 0.0;
  for (var head = begin; head < end; head += BLOCK) {
    var part = 0.0;
    for (var j = head; j < min(head + BLOCK, end); j++) { part += x[base + j * p.inner]; }
    total += part;
  }
  let m = total / count;

  var squares = 0.0;
  for (var head = begin; head < end; head += BLOCK) {
    var part = 0.0;
    for (var j = head; j < min(head + BLOCK, end); j++) {
      let d = x[base + j * p.inner] - m;
      part += d * d;
    }
    squares += part;
  }
  mean[e] = m;
  variance[e] = squares / count;
}
