// causal_matmul / 1_naive: c[i, j] = sum over l <= i of a[i, l] b[l, j]
//
// Of each matrix of a batch; over all l where not causal. With TA that is c[i, j] = sum over l >= i
// of a[l, i] b[l, j]. What a holds above its diagonal is not read, so that it need not be there.
//
// Layout    a is [batch, m, pitch], of which k columns count, b [batch, k, n] and c [batch, m, n];
//           with TA b is [batch, m, n] and c [batch, k, n]. Row-major.
// Threads   one per element of c.
// Sync      none.
// Compare   2_subgroup keeps a block of c in registers. matmul/1_naive reads all of a.

struct Params { batch: u32, m: u32, n: u32, k: u32, pitch: u32, causal: u32 }

override TA: u32 = 0u;
override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let lines = select(p.m, p.k, TA == 1u);
  let length = select(p.k, p.m, TA == 1u);
  if (e >= p.batch * lines * p.n) { return; }
  let i = e / p.n % lines;
  let z = e / p.n / lines;
  let causal = p.causal == 1u;
  let begin = select(0u, i, causal && TA == 1u);
  let end = select(length, min(length, i + 1u), causal && TA == 0u);
  var sum = 0.0;
  for (var l = begin; l < end; l++) {
    let place = select(i * p.pitch + l, l * p.pitch + i, TA == 1u);
    sum += a[z * p.m * p.pitch + place] * b[(z * length + l) * p.n + e % p.n];
  }
  c[e] = sum;
}
