// moments / 2_tree: mean[o, c, i] = sum x / n and variance[o, c, i] = sum (x - mean)^2 / n
//
// Both sums run over the x[o, j, i] of chunk c; n is their number.
//
// Layout    x is [outer, n, inner], mean and variance are [outer, chunks, inner], row-major.
//           Chunk c holds j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   a workgroup takes WX results of WY threads each: thread (tx, ty) adds
//           j = ty, ty + WY, ... of result tx. Neighbours are those of one row where inner is 1,
//           else those along inner, so that they read neighbours.
// Sync      two trees in shared memory, for the mean and for the squares; a barrier separates
//           every halving, one more keeps the squares from overwriting a sum still to be read.
// Compare   1_serial gives each result to one thread and needs no barrier.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override WX: u32 = 1u;   // results per workgroup
override WY: u32 = 64u;  // threads per result, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> mean: array<f32>;
@group(0) @binding(2) var<storage, read_write> variance: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> partial: array<f32, WX * WY>;

@compute @workgroup_size(WX, WY)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let rows = p.inner == 1u;
  let tx = select(t % WX, t / WY, rows);
  let ty = select(t / WX, t % WY, rows);
  let head = select(tx, tx * WY, rows);  // where the partial results of line tx begin
  let step = select(WX, 1u, rows);       // and how far apart they are
  let across = (p.inner + WX - 1u) / WX;
  let group = wid.x + wid.y * num.x;
  let row = select(group / across, group * WX + tx, rows);  // o·chunks + c
  let i = select((group % across) * WX + tx, 0u, rows);
  let inside = (row < p.outer * p.chunks) & (i < p.inner);
  let base = (row / p.chunks) * p.n * p.inner + i;
  let begin = (row % p.chunks) * p.chunk;
  let count = min(p.chunk, p.n - min(begin, p.n));
  let end = select(begin, begin + count, inside);  // threads outside have no elements

  var total = 0.0;
  for (var j = begin + ty; j < end; j += WY) { total += x[base + j * p.inner]; }
  partial[t] = total;
  workgroupBarrier();
  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (ty < half) { partial[t] += partial[t + half * step]; }
    workgroupBarrier();
  }
  let m = partial[head] / f32(count);
  workgroupBarrier();

  var squares = 0.0;
  for (var j = begin + ty; j < end; j += WY) {
    let d = x[base + j * p.inner] - m;
    squares += d * d;
  }
  partial[t] = squares;
  workgroupBarrier();
  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (ty < half) { partial[t] += partial[t + half * step]; }
    workgroupBarrier();
  }

  if (inside & (ty == 0u)) {
    mean[row * p.inner + i] = m;
    variance[row * p.inner + i] = partial[t] / f32(count);
  }
}
