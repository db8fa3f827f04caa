// arg_reduce / 2_tree: y[o, i] = the first j with the largest (OP 0) or smallest (1) x[o, j, i]
//
// A NaN counts as beyond every number, so the first NaN of a line wins.
//
// Layout    x is [outer, n, inner], y is [outer, inner], row-major.
// Threads   a workgroup takes WX outputs of WY threads each: thread (tx, ty) looks at
//           j = ty, ty + WY, ... of output tx. Neighbours are those of one row where inner is 1,
//           else those along inner, so that they read neighbours.
// Sync      each thread leaves its best element and place in shared memory, then the tree halves
//           WY log2(WY) times. A barrier separates every halving.
// Compare   1_serial gives each output to one thread and needs no barrier.

struct Params { outer: u32, n: u32, inner: u32 }

override OP: u32 = 0u;   // 0 largest, 1 smallest
override WX: u32 = 1u;   // outputs per workgroup
override WY: u32 = 64u;  // threads per output, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

var<workgroup> bests: array<f32, WX * WY>;
var<workgroup> places: array<u32, WX * WY>;

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// Does element a at place i stand before element b at place j?
fn beats(a: f32, i: u32, b: f32, j: u32) -> bool {
  let tie = (a == b) | (is_nan(a) & is_nan(b));
  let beyond = is_nan(a) | (!is_nan(b) & (a > b));
  return select(beyond, i < j, tie);
}

@compute @workgroup_size(WX, WY)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let rows = p.inner == 1u;
  let tx = select(t % WX, t / WY, rows);
  let ty = select(t / WX, t % WY, rows);
  let step = select(WX, 1u, rows);  // between the partial results of one output
  let across = (p.inner + WX - 1u) / WX;
  let group = wid.x + wid.y * num.x;
  let o = select(group / across, group * WX + tx, rows);
  let i = select((group % across) * WX + tx, 0u, rows);
  let inside = (o < p.outer) & (i < p.inner);

  if (inside) {
    let base = o * p.n * p.inner + i;
    var place = min(ty, p.n - 1u);  // threads without an element repeat the last one
    let raw = x[base + place * p.inner];
    var best = select(raw, -raw, OP == 1u);
    for (var j = ty + WY; j < p.n; j += WY) {
      let next = x[base + j * p.inner];
      let v = select(next, -next, OP == 1u);
      let better = beats(v, j, best, place);
      best = select(best, v, better);
      place = select(place, j, better);
    }
    bests[t] = best;
    places[t] = place;
  }
  workgroupBarrier();

  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (ty < half) {
      let other = t + half * step;
      if (beats(bests[other], places[other], bests[t], places[t])) {
        bests[t] = bests[other];
        places[t] = places[other];
      }
    }
    workgroupBarrier();
  }

  if (inside & (ty == 0u)) { y[o * p.inner + i] = places[t]; }
}
