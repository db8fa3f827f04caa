// softmax_grad / 4_subgroup: d[o, j] = y[o, j] · (g[o, j] - sum over j of g · y)
//
// The gradient of softmax where y is its result and g the gradient of y.
//
// Layout    y, g and d are [outer, n], row-major, read and written four at a time: n is a multiple
//           of 4, inner is 1.
// Threads   a workgroup is one subgroup of SIZE lanes and owns a row; lane t takes the vectors t,
//           t + SIZE, ...
// Sync      none: the lanes exchange their sums by shuffles, log2(SIZE) times.
// Compare   3_rows, a row to one thread; 2_tree, the exchange through shared memory.

enable subgroups;

struct Params { outer: u32, n: u32, inner: u32 }

override SIZE: u32 = 32u;  // lanes of a subgroup on this adapter

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> d: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) t: u32,
) {
  let row = wid.x + wid.y * num.x;
  let quads = p.n / 4u;
  let end = select(0u, (row + 1u) * quads, row < p.outer);  // workgroups outside have no row

  var sums = vec4f(0.0);
  for (var j = row * quads + t; j < end; j += SIZE) { sums += g[j] * y[j]; }
  var total = (sums.x + sums.z) + (sums.y + sums.w);
  for (var lane = 1u; lane < SIZE; lane *= 2u) { total += subgroupShuffleXor(total, lane); }
  for (var j = row * quads + t; j < end; j += SIZE) {
    d[j] = epilogue(y[j] * (g[j] - total), 4u * j);
  }
}
