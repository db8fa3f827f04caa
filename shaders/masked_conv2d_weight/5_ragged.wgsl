// masked_conv2d_weight / 5_ragged: dw[s] = xᵀ[seen rows, pixels] · g[pixels, oc], any channels
//
// Layout    x is [batch, height, width, ic], g is [batch, height, width, oc], dw is [chunks, seen,
//           ic, oc], with any channels. Seen are the first `taps` taps of the filter and, with
//           several colours, the channels below limit(o) of the next one; the rest of that tap is
//           set to 0. Chunk s sums the rows s·chunk ... (s + 1)·chunk - 1 of the batch · height
//           rows of g.
// Threads   32 per workgroup; each has 16 rows of dw (a row is a tap and an input channel) × 4
//           output channels of one chunk, along the output channels. What hangs over is not stored.
// Sync      none: the chunks are summed in order by a second pass, so the result is always the
//           same.
// Compare   2_implicit has one tap per thread and loads vec4s.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

// How many channels of the next tap output o sees.
fn limit(o: u32) -> u32 { return (o / (p.oc / p.colours) + p.own) * (p.ic / p.colours); }

// Four rows of dw: how far their taps reach from the corner of a window, down, right and in x.
struct Rows { at: vec4u, y: vec4u, x: vec4u }

fn rows(first: u32, count: u32) -> Rows {
  let row = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(count - 1u));
  let y = row / (p.ic * p.kw) * p.dy;
  let x = row / p.ic % p.kw * p.dx;
  return Rows((y * p.width + x) * p.ic + row % p.ic, y, x);
}

// What the four rows see of the window whose corner (y, x) lies `at` in x; 0 outside the image.
// Left of and above it the numbers are below zero: they wrap round, and back with the rows.
fn seen(r: Rows, at: u32, y: u32, x0: u32) -> vec4f {
  let inside = (y + r.y < vec4u(p.height)) & (x0 + r.x < vec4u(p.width));
  let i = select(vec4u(0u), at + r.at, inside);
  return select(vec4f(), vec4f(x[i.x], x[i.y], x[i.z], x[i.w]), inside);
}

// All products of four rows and four channels; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

fn store_row(v: vec4f, chunk: u32, row: u32, o: u32, count: u32) {
  if (row >= count) { return; }
  let i = (chunk * count + row) * p.oc + o;
  for (var e = 0u; e < min(4u, p.oc - o); e++) {
    let hidden = (row >= p.taps * p.ic) & (row % p.ic >= limit(o + e));
    dw[i + e] = select(v[e], 0.0, hidden);
  }
}

fn store(four: mat4x4f, chunk: u32, row: u32, o: u32, count: u32) {
  store_row(four[0], chunk, row, o, count);
  store_row(four[1], chunk, row + 1u, o, count);
  store_row(four[2], chunk, row + 2u, o, count);
  store_row(four[3], chunk, row + 3u, o, count);
}

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let count = select(p.taps, p.taps + 1u, p.colours > 1u) * p.ic;
  let across = (p.oc + 3u) / 4u;
  let down = (count + 15u) / 16u;
  let tile = (wid.x + wid.y * num.x) * 32u + t;
  let chunk = tile / (across * down);
  if (chunk >= p.chunks) { return; }
  let o = tile % across * 4u;
  let row = tile / across % down * 16u;
  let four = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.oc - 1u));

  let r0 = rows(row, count);
  let r1 = rows(row + 4u, count);
  let r2 = rows(row + 8u, count);
  let r3 = rows(row + 12u, count);
  var d0 = mat4x4f();
  var d1 = mat4x4f();
  var d2 = mat4x4f();
  var d3 = mat4x4f();
  let some = row < p.taps * p.ic + limit(four.w);  // some output here sees the first row
  let end = select(0u, min((chunk + 1u) * p.chunk, p.batch * p.height), some);
  for (var line = chunk * p.chunk; line < end; line++) {
    let y = line % p.height - p.py;
    let image = (line / p.height * p.height + y) * p.width;
    for (var column = 0u; column < p.width; column++) {
      let x0 = column - p.px;
      let at = (image + x0) * p.ic;
      let gat = (line * p.width + column) * p.oc + four;
      let gradient = vec4f(g[gat.x], g[gat.y], g[gat.z], g[gat.w]);
      d0 += outer(seen(r0, at, y, x0), gradient);
      d1 += outer(seen(r1, at, y, x0), gradient);
      d2 += outer(seen(r2, at, y, x0), gradient);
      d3 += outer(seen(r3, at, y, x0), gradient);
    }
  }

  store(d0, chunk, row, o, count);
  store(d1, chunk, row + 4u, o, count);
  store(d2, chunk, row + 8u, o, count);
  store(d3, chunk, row + 12u, o, count);
}
