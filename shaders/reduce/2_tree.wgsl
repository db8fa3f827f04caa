// reduce / 2_tree: y[o, c, i] = fold of x[o, j, i] over the j of chunk c
//
// OP says what folding is: 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares.
// A NaN among the terms makes the result NaN, for the maximum and the minimum as well.
//
// Layout    x is [outer, n, inner], y is [outer, chunks, inner], row-major; chunk c holds
//           j = c·chunk ... (c + 1)·chunk - 1, the last one what is left.
// Threads   a workgroup takes WX outputs of WY threads each: thread (tx, ty) folds
//           j = ty, ty + WY, ... of output tx. Neighbours are those of one row where inner is 1,
//           else those along inner, so that they read neighbours.
// Sync      each thread leaves one partial fold in shared memory, then the tree halves WY
//           log2(WY) times. A barrier separates every halving.
// Compare   1_serial gives each output to one thread and needs no barrier; 5_subgroup folds
//           across the lanes of a subgroup.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override OP: u32 = 0u;      // 0 sum, 1 maximum, 2 minimum, 3 product, 4 sum of squares
override BLOCK: u32 = 32u;  // terms folded by themselves before they join the total
override WX: u32 = 1u;      // outputs per workgroup
override WY: u32 = 64u;     // threads per output, a power of two

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> p: Params;

var<workgroup> partial: array<f32, WX * WY>;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

fn is_nan(v: f32) -> bool { return (bitcast<u32>(v) << 1u) > 0xff000000u; }

// max and min may lose a NaN: whichever of a and b is one wins over their fold m.
fn keep_nan(m: f32, a: f32, b: f32) -> f32 { return select(select(m, b, is_nan(b)), a, is_nan(a)); }

// Extremes start from a term, which does no harm twice; sums and products from 0 and 1.
fn start(first: f32) -> f32 {
  switch OP {
    case 1u, 2u: { return first; }
    case 3u: { return 1.0; }
    default: { return 0.0; }
  }
}

fn term(v: f32) -> f32 {
  if (OP == 4u) { return v * v; }
  return v;
}

fn fold(a: f32, b: f32) -> f32 {
  switch OP {
    case 1u: { return keep_nan(max(a, b), a, b); }
    case 2u: { return keep_nan(min(a, b), a, b); }
    case 3u: { return a * b; }
    default: { return a + b; }
  }
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
  let row = select(group / across, group * WX + tx, rows);  // o·chunks + c
  let i = select((group % across) * WX + tx, 0u, rows);
  let inside = (row < p.outer * p.chunks) & (i < p.inner);

  if (inside) {
    let base = (row / p.chunks) * p.n * p.inner + i;
    let begin = (row % p.chunks) * p.chunk;
    let end = min(begin + p.chunk, p.n);
    let first = x[base + begin * p.inner];
    var total = start(first);
    for (var head = begin + ty; head < end; head += BLOCK * WY) {
      var part = start(first);
      for (var j = head; j < min(head + BLOCK * WY, end); j += WY) {
        part = fold(part, term(x[base + j * p.inner]));
      }
      total = fold(total, part);
    }
    partial[t] = total;
  }
  workgroupBarrier();

  for (var half = WY / 2u; half > 0u; half /= 2u) {
    if (ty < half) { partial[t] = fold(partial[t], partial[t + half * step]); }
    workgroupBarrier();
  }

  if (inside & (ty == 0u)) {
    let e = row * p.inner + i;
    y[e] = epilogue(partial[t], e);
  }
}
