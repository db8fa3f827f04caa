// matmul / 1_naive: c[z, i, j] = sum over l of A[z, i, l] · B[z, l, j]
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n], row-major; part q sums `part` terms from q · part
//           on. A step of 0 shares one matrix by all of the batch.
// Threads   one element of c each, 64 per workgroup, along the rows of c.
// Sync      none.
// Compare   read this first. It loads two floats for every product; 2_tiled shares them.

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override TA: u32 = 0u;  // 1: a is stored transposed
override TB: u32 = 0u;  // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<real>;
@group(0) @binding(1) var<storage, read> b: array<real>;
@group(0) @binding(2) var<storage, read_write> c: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.parts * p.m * p.n) { return; }

  let col = i % p.n;
  let row = i / p.n % p.m;
  let z = i / (p.m * p.n);
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);

  let anext = select(1u, p.m, TA == 1u);
  let bnext = select(p.n, 1u, TB == 1u);
  var at = z / p.parts * p.astep + select(row * p.k, row, TA == 1u) + first * anext;
  var bt = z / p.parts * p.bstep + select(col, col * p.k, TB == 1u) + first * bnext;

  var sum = 0.0;
  for (var l = first; l < last; l++) {
    sum += f32(a[at]) * f32(b[bt]);
    at += anext;
    bt += bnext;
  }
  c[i] = real(epilogue(sum, i));
}
