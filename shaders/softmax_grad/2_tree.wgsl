// softmax_grad / 2_tree: d[o, j, i] = y[o, j, i] · (g[o, j, i] - sum over j of g · y)
//
// The gradient of softmax where y is its result and g the gradient of y.
//
// Layout    y, g and d are [outer, n, inner], row-major.
// Threads   a workgroup takes WX lines of WY threads each: thread (tx, ty) owns
//           j = ty, ty + WY, ... of line tx. Neighbours are those of one row where inner is 1,
//           else those along inner, so that they read neighbours.
// Sync      a tree in shared memory for the sum, a barrier at every halving.
// Compare   1_serial gives each line to one thread and needs no barrier.

struct Params { outer: u32, n: u32, inner: u32 }

override WX: u32 = 1u;   // lines per workgroup
override WY: u32 = 64u;  // threads per line, a power of two

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> d: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> partial: array<f32, WX * WY>;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

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
  let o = select(group / across, group * WX + tx, rows);
  let i = select((group % across) * WX + tx, 0u, rows);
  let n = select(0u, p.n, (o < p.outer) & (i < p.inner));  // threads outside have no elements
  let base = o * p.n * p.inner + i;

  var total = 0.0;
  for (var j = ty; j < n; j += WY) { total += g[base + j * p.inner] * y[base + j * p.inner]; }
  partial[t] = total;
  workgroupBarrier();
  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (ty < half) { partial[t] += partial[t + half * step]; }
    workgroupBarrier();
  }
  total = partial[head];

  for (var j = ty; j < n; j += WY) {
    let at = base + j * p.inner;
    d[at] = epilogue(y[at] * (g[at] - total), at);
  }
}
