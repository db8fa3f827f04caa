// cumsum / 2_workgroup: y[o, j] = start[o, c] + sum of x[o, l] over the l <= j of j's chunk c
//
// REVERSE takes the l >= j; EXCLUSIVE leaves out l = j.
//
// Layout    x and y are [outer, n], start is [outer, chunks], row-major; start is read
//           when chunks > 1. Chunk c holds j = c·chunk ... (c + 1)·chunk - 1, the last one what
//           is left. inner is 1.
// Threads   a workgroup per (o, c) goes along its chunk by tiles of WIDTH elements, one per thread.
// Sync      in a tile every thread adds what stands 1, 2, 4, ... places before it in shared memory,
//           a barrier before and after each; one more before the next tile overwrites the sums.
// Compare   1_serial, a chunk to one thread; 3_subgroup, the exchange by shuffles.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override REVERSE: u32 = 0u;    // 1 sums from the end
override EXCLUSIVE: u32 = 0u;  // 1 leaves out the element itself
override WIDTH: u32 = 64u;     // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> start: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> sums: array<f32, WIDTH>;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = wid.x + wid.y * num.x;  // o·chunks + c
  let base = (e / p.chunks) * p.n;
  let begin = (e % p.chunks) * p.chunk;
  let last = min(begin + p.chunk, p.n);
  let end = select(begin, last, e < p.outer * p.chunks);  // workgroups outside have no elements

  var before = 0.0;  // of the chunks passed; added at the end, so that small terms meet first
  if ((p.chunks > 1u) & (end > begin)) { before = start[e]; }
  var carry = 0.0;   // of the tiles passed
  for (var head = begin; head < end; head += WIDTH) {
    let l = head + t;
    let at = base + select(l, begin + end - 1u - l, REVERSE == 1u);
    var total = 0.0;
    if (l < end) { total = x[at]; }
    sums[t] = total;
    workgroupBarrier();
    for (var step = 1u; step < WIDTH; step *= 2u) {
      if (t >= step) { total += sums[t - step]; }
      workgroupBarrier();
      sums[t] = total;
      workgroupBarrier();
    }
    if (EXCLUSIVE == 1u) {
      total = 0.0;
      if (t > 0u) { total = sums[t - 1u]; }
    }
    if (l < end) { y[at] = before + (carry + total); }
    carry += sums[WIDTH - 1u];
    workgroupBarrier();
  }
}
