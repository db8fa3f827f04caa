// cumsum / 3_subgroup: y[o, j] = start[o, c] + sum of x[o, l] over the l <= j of j's chunk c
//
// REVERSE takes the l >= j; EXCLUSIVE leaves out l = j.
//
// Layout    x and y are [outer, n], start is [outer, chunks], row-major, x and y four at a time: n
//           and chunk are multiples of 4, inner is 1. start is read when chunks > 1. Chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   a workgroup is one subgroup of SIZE lanes and owns a chunk; it goes along it by tiles
//           of SIZE vectors, one per lane.
// Sync      none: in a tile the lanes pass on their sums by shuffles, log2(SIZE) times.
// Compare   2_workgroup, the exchange through shared memory.

enable subgroups;

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override REVERSE: u32 = 0u;    // 1 sums from the end
override EXCLUSIVE: u32 = 0u;  // 1 leaves out the element itself
override SIZE: u32 = 32u;      // lanes of a subgroup on this adapter

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> start: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) t: u32,
) {
  let e = wid.x + wid.y * num.x;  // o·chunks + c
  let base = (e / p.chunks) * (p.n / 4u);
  let begin = (e % p.chunks) * (p.chunk / 4u);
  let last = min(begin + p.chunk / 4u, p.n / 4u);
  let end = select(begin, last, e < p.outer * p.chunks);  // workgroups outside have no elements

  var before = 0.0;  // of the chunks passed; added at the end, so that small terms meet first
  if ((p.chunks > 1u) & (end > begin)) { before = start[e]; }
  var carry = 0.0;   // of the tiles passed
  for (var head = begin; head < end; head += SIZE) {
    let l = head + t;
    let at = base + select(l, begin + end - 1u - l, REVERSE == 1u);
    var v = vec4f(0.0);
    if (l < end) { v = x[at]; }
    v = select(v, v.wzyx, REVERSE == 1u);
    let pairs = vec4f(v.x, v.x + v.y, v.z, v.z + v.w);
    let sums = pairs + vec4f(0.0, 0.0, pairs.y, pairs.y);  // of this lane up to each element

    var total = sums.w;  // of this lane and those before it
    for (var step = 1u; step < SIZE; step *= 2u) {
      let other = subgroupShuffleUp(total, step);
      if (t >= step) { total += other; }
    }
    let lanes = subgroupShuffleUp(total, 1u);
    let ahead = carry + select(0.0, lanes, t > 0u);
    let within = select(sums, vec4f(0.0, sums.xyz), EXCLUSIVE == 1u);
    let result = before + (ahead + within);
    if (l < end) { y[at] = select(result, result.wzyx, REVERSE == 1u); }
    carry += subgroupShuffle(total, SIZE - 1u);
  }
}
