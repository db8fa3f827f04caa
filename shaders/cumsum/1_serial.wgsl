// cumsum / 1_serial: y[o, j, i] = start[o, c, i] + sum of x[o, l, i] over the l <= j of j's chunk c
//
// REVERSE takes the l >= j; EXCLUSIVE leaves out l = j.
//
// Layout    x and y are [outer, n, inner], start is [outer, chunks, inner], row-major; start is
//           read when chunks > 1. Chunk c holds j = c·chunk ... (c + 1)·chunk - 1, the last one
//           what is left. A long line takes three dispatches: sums of chunks (reduce), their
//           exclusive scan by this kernel, and the scan of each chunk from its start.
// Threads   one per (o, c, i).
// Sync      none.
// Compare   reduce/1_serial, which keeps the last partial sum only.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override REVERSE: u32 = 0u;    // 1 sums from the end
override EXCLUSIVE: u32 = 0u;  // 1 leaves out the element itself
override WIDTH: u32 = 64u;     // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> start: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
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

  var before = 0.0;  // of the chunks passed; added at the end, so that small terms meet first
  if (p.chunks > 1u) { before = start[e]; }
  var total = 0.0;
  for (var l = begin; l < end; l++) {
    let j = select(l, begin + end - 1u - l, REVERSE == 1u);
    let at = base + j * p.inner;
    let next = total + x[at];
    y[at] = before + select(next, total, EXCLUSIVE == 1u);
    total = next;
  }
}
