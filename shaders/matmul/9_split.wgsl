// matmul / 9_split: c[z, i, j] = sum over l of A[z, i, l] · B[z, l, j], WAYS threads per element
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n], row-major; part q sums `part` terms from q · part
//           on. A step of 0 shares one matrix by all of the batch.
// Threads   32 × WAYS per workgroup, which owns 32 elements of c in a row: x names one of them, y
//           takes l = y, y + WAYS, ... Made for a small c and a long k, as a row times a matrix or
//           aᵀ · b of thin operands: neighbours in x read neighbours in b.
// Sync      every thread leaves its sum in shared memory; after a barrier, those of y = 0 add.
// Compare   1_naive walks along k alone; 8_dot is for operands that both lie along k.

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override WAYS: u32 = 8u;  // threads that share a sum
override TA: u32 = 0u;    // 1: a is stored transposed
override TB: u32 = 0u;    // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<real>;
@group(0) @binding(1) var<storage, read> b: array<real>;
@group(0) @binding(2) var<storage, read_write> c: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> sums: array<f32, 32u * WAYS>;  // [y, x]

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(32, WAYS)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
) {
  let i = (wid.x + wid.y * num.x) * 32u + lid.x;
  let inside = i < p.batch * p.parts * p.m * p.n;

  let col = i % p.n;
  let row = i / p.n % p.m;
  let z = i / (p.m * p.n);
  let first = z % p.parts * p.part;
  let last = select(0u, min(first + p.part, p.k), inside);

  let anext = select(1u, p.m, TA == 1u);
  let bnext = select(p.n, 1u, TB == 1u);
  let at = z / p.parts * p.astep + select(row * p.k, row, TA == 1u);
  let bt = z / p.parts * p.bstep + select(col, col * p.k, TB == 1u);

  var sum = 0.0;
  for (var l = first + lid.y; l < last; l += WAYS) {
    sum += f32(a[at + l * anext]) * f32(b[bt + l * bnext]);
  }
  sums[lid.y * 32u + lid.x] = sum;
  workgroupBarrier();

  if ((lid.y > 0u) | !inside) { return; }
  for (var y = 1u; y < WAYS; y++) { sum += sums[y * 32u + lid.x]; }
  c[i] = real(epilogue(sum, i));
}
