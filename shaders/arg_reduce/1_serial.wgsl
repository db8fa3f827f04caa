// arg_reduce / 1_serial: y[o, i] = the first j with the largest (OP 0) or smallest (1) x[o, j, i]
//
// A NaN counts as beyond every number, so the first NaN of a line wins.
//
// Layout    x is [outer, n, inner], y is [outer, inner], row-major.
// Threads   one per element of y, so neighbours read neighbours when inner > 1.
// Sync      none.
// Compare   2_tree shares one output among threads.

struct Params { outer: u32, n: u32, inner: u32 }

override OP: u32 = 0u;      // 0 largest, 1 smallest
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;
@group(0) @binding(2) var<uniform> p: Params;

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// Does element a at place i stand before element b at place j?
fn beats(a: f32, i: u32, b: f32, j: u32) -> bool {
  let tie = (a == b) | (is_nan(a) & is_nan(b));
  let beyond = is_nan(a) | (!is_nan(b) & (a > b));
  return select(beyond, i < j, tie);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.inner) { return; }
  let base = (e / p.inner) * p.n * p.inner + e % p.inner;

  var best = select(x[base], -x[base], OP == 1u);
  var place = 0u;
  for (var j = 1u; j < p.n; j++) {
    let raw = x[base + j * p.inner];
    let v = select(raw, -raw, OP == 1u);
    let better = beats(v, j, best, place);
    best = select(best, v, better);
    place = select(place, j, better);
  }
  y[e] = place;
}
