// moments / 3_columns: mean[o, c, i] = sum x / n and variance[o, c, i] = sum (x - mean)^2 / n
//
// Both sums run over the x[o, j, i] of chunk c; n is their number.
//
// Layout    x is [outer, n, inner], mean and variance are [outer, chunks, inner], row-major, read
//           and written four columns i at a time: inner is a multiple of 4. Chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   one per four columns. Two passes: the second measures from the mean.
// Sync      none.
// Compare   1_serial, the same one column at a time.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override BLOCK: u32 = 32u;  // terms added by themselves before they join the sum
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> variance: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // counts groups of four
  let quads = p.inner / 4u;
  if (e >= p.outer * p.chunks * quads) { return; }
  let c = (e / quads) % p.chunks;
  let base = (e / (quads * p.chunks)) * p.n * quads + e % quads;
  let begin = c * p.chunk;
  let end = min(begin + p.chunk, p.n);
  let count = f32(end - begin);

  var total = vec4f(0.0);
  for (var head = begin; head < end; head += BLOCK) {
    var part = vec4f(0.0);
    for (var j = head; j < min(head + BLOCK, end); j++) { part += x[base + j * quads]; }
    total += part;
  }
  let m = total / count;

  var squares = vec4f(0.0);
  for (var head = begin; head < end; head += BLOCK) {
    var part = vec4f(0.0);
    for (var j = head; j < min(head + BLOCK, end); j++) {
      let d = x[base + j * quads] - m;
      part += d * d;
    }
    squares += part;
  }
  mean[e] = m;
  variance[e] = squares / count;
}
