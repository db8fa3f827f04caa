// softmax_grad / 2_tree: d[o, j, i] = y[o, j, i] · (g[o, j, i] - sum over j of g · y)
//
// The gradient of softmax where y is its result and g the gradient of y.
//
// Layout    y, g and d are [outer, n, inner], row-major.
// Threads   a workgroup is WX lines wide (along inner) and WY threads deep: thread (tx, ty) owns
//           j = ty, ty + WY, ... of line tx. Rows (inner = 1) take WX = 1.
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
  @builtin(local_invocation_id) t: vec3u,
) {
  let across = (p.inner + WX - 1u) / WX;
  let group = wid.x + wid.y * num.x;
  let o = group / across;
  let i = (group % across) * WX + t.x;
  let n = select(0u, p.n, (o < p.outer) & (i < p.inner));  // threads outside have no elements
  let base = o * p.n * p.inner + i;
  let slot = t.y * WX + t.x;

  var total = 0.0;
  for (var j = t.y; j < n; j += WY) { total += g[base + j * p.inner] * y[base + j * p.inner]; }
  partial[slot] = total;
  workgroupBarrier();
  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (t.y < half) { partial[slot] += partial[slot + half * WX]; }
    workgroupBarrier();
  }
  total = partial[t.x];

  for (var j = t.y; j < n; j += WY) {
    let at = base + j * p.inner;
    d[at] = epilogue(y[at] * (g[at] - total), at);
  }
}
