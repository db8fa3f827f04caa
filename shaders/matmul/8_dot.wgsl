// matmul / 8_dot: c[z, i, j] = sum over l of A[z, i, l] · B[z, l, j], one workgroup per element
//
// Layout    a is [batch, m, k] (TA: stored [batch, k, m]), b is [batch, k, n] (TB: stored [batch,
//           n, k]), c is [batch, parts, m, n], row-major; part q sums `part` terms from q · part
//           on. A step of 0 shares one matrix by all of the batch.
// Threads   WIDTH per element of c; thread t takes l = t, t + WIDTH, ... Made for a single row or
//           column of c whose operands lie along k: neighbours then read neighbours.
// Sync      each thread leaves one partial sum in shared memory, then the tree halves it
//           log2(WIDTH) times, with a barrier between every two halvings.
// Compare   1_naive walks along k alone.

struct Params {
  m: u32, n: u32, k: u32, batch: u32, astep: u32, bstep: u32, parts: u32, part: u32
}

override WIDTH: u32 = 64u;  // threads per element, a power of two
override TA: u32 = 0u;      // 1: a is stored transposed
override TB: u32 = 0u;      // 1: b is stored transposed

alias real = f32;  // f16 where operands are stored so
@group(0) @binding(0) var<storage, read> a: array<real>;
@group(0) @binding(1) var<storage, read> b: array<real>;
@group(0) @binding(2) var<storage, read_write> c: array<real>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> partial: array<f32, WIDTH>;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = wid.x + wid.y * num.x;
  if (i >= p.batch * p.parts * p.m * p.n) { return; }

  let col = i % p.n;
  let row = i / p.n % p.m;
  let z = i / (p.m * p.n);
  let first = z % p.parts * p.part;
  let last = min(first + p.part, p.k);
  let at = z / p.parts * p.astep + select(row * p.k, row, TA == 1u);
  let bt = z / p.parts * p.bstep + select(col, col * p.k, TB == 1u);
  let anext = select(1u, p.m, TA == 1u);
  let bnext = select(p.n, 1u, TB == 1u);

  var sum = 0.0;
  for (var l = first + t; l < last; l += WIDTH) {
    sum += f32(a[at + l * anext]) * f32(b[bt + l * bnext]);
  }
  partial[t] = sum;
  workgroupBarrier();

  for (var half = WIDTH / 2u; half > 0u; half /= 2u) {
    if (t < half) { partial[t] += partial[t + half]; }
    workgroupBarrier();
  }

  if (t == 0u) { c[i] = real(epilogue(partial[0], i)); }
}
