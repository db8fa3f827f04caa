// arg_reduce / 3_subgroup: y[o] = the first j with the largest (OP 0) or smallest (1) x[o, j]
//
// A NaN counts as beyond every number, so the first NaN of a row wins.
//
// Layout    x is [outer, n], y is [outer], row-major; x is read four at a time: n is a multiple
//           of 4, inner is 1.
// Threads   a workgroup is one subgroup of SIZE lanes and owns a row; lane t looks at the vectors
//           t, t + SIZE, ...
// Sync      none: the lanes exchange their best elements and places by shuffles, log2(SIZE) times.
// Compare   2_tree, the exchange through shared memory.

enable subgroups;

struct Params { outer: u32, n: u32, inner: u32 }

override OP: u32 = 0u;     // 0 largest, 1 smallest
override SIZE: u32 = 32u;  // lanes of a subgroup on this adapter

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

fn is_nan(v: vec4f) -> vec4<bool> {
  return (bitcast<vec4u>(v) << vec4u(1u)) > vec4u(0xff000000u);
}

// Does element a at place i stand before element b at place j?
fn beats(a: vec4f, i: vec4u, b: vec4f, j: vec4u) -> vec4<bool> {
  let tie = (a == b) | (is_nan(a) & is_nan(b));
  let beyond = is_nan(a) | (!is_nan(b) & (a > b));
  return select(beyond, i < j, tie);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) t: u32,
) {
  let row = min(wid.x + wid.y * num.x, p.outer - 1u);
  let live = wid.x + wid.y * num.x < p.outer;  // workgroups beyond the last row store nothing
  let quads = p.n / 4u;
  let base = row * quads;
  let four = vec4u(0u, 1u, 2u, 3u);

  let start = min(t, quads - 1u);  // lanes without a vector repeat the last one
  var place = 4u * start + four;
  var best = select(x[base + start], -x[base + start], OP == 1u);
  for (var j = t + SIZE; j < quads; j += SIZE) {
    let v = select(x[base + j], -x[base + j], OP == 1u);
    let better = beats(v, 4u * j + four, best, place);
    best = select(best, v, better);
    place = select(place, 4u * j + four, better);
  }
  for (var lane = 1u; lane < SIZE; lane *= 2u) {
    let v = subgroupShuffleXor(best, lane);
    let at = subgroupShuffleXor(place, lane);
    let better = beats(v, at, best, place);
    best = select(best, v, better);
    place = select(place, at, better);
  }
  let z = beats(best.zwzw, place.zwzw, best, place);
  best = select(best, best.zwzw, z);
  place = select(place, place.zwzw, z);
  let w = beats(best.yyyy, place.yyyy, best, place);
  if (live & (t == 0u)) { y[row] = select(place, place.yyyy, w).x; }
}
