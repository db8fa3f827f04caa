// conv2d_weight / 4_ragged: dw[s] = xᵀ[taps · ic, pixels] · g[pixels, oc], for few or odd channels
//
// Layout    x is [batch, ih, iw, ic], g is [batch, oh, ow, oc], dw is [chunks, kh, kw, ic / groups,
//           oc]. Any channels in one group, or groups of 4n output channels. Chunk s sums the rows
//           s·chunk ... (s + 1)·chunk - 1 of the batch · oh rows of g.
// Threads   32 per workgroup; each has 16 rows of dw (a row is a tap and an input channel) × 4
//           output channels of one chunk, along the output channels. What hangs over is not stored.
// Sync      none: the chunks are summed in order by a second pass, so the result is always the
//           same.
// Compare   2_implicit has one tap per thread and loads vec4s; 1_direct also takes groups.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// Four rows of dw: how far their taps reach from the corner of a window, down, right and in x.
struct Rows { at: vec4u, y: vec4u, x: vec4u }

fn rows(first: u32) -> Rows {
  let per = p.ic / p.groups;
  let row = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.kh * p.kw * per - 1u));
  let y = row / (per * p.kw) * p.dy;
  let x = row / per % p.kw * p.dx;
  return Rows((y * p.iw + x) * p.ic + row % per, y, x);
}

// What the four rows see of the window whose corner (y, x) lies `at` in x; 0 outside the image.
// Left of and above it the numbers are below zero: they wrap round, and back with the rows.
fn seen(r: Rows, at: u32, y: u32, x0: u32) -> vec4f {
  let inside = (y + r.y < vec4u(p.ih)) & (x0 + r.x < vec4u(p.iw));
  let i = select(vec4u(0u), at + r.at, inside);
  return select(vec4f(), vec4f(x[i.x], x[i.y], x[i.z], x[i.w]), inside);
}

// All products of four rows and four channels; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

fn store_row(v: vec4f, chunk: u32, row: u32, o: u32) {
  let end = p.kh * p.kw * (p.ic / p.groups);
  if (row >= end) { return; }
  let i = (chunk * end + row) * p.oc + o;
  dw[i] = epilogue(v.x, i);
  if (o + 1u < p.oc) { dw[i + 1u] = epilogue(v.y, i + 1u); }
  if (o + 2u < p.oc) { dw[i + 2u] = epilogue(v.z, i + 2u); }
  if (o + 3u < p.oc) { dw[i + 3u] = epilogue(v.w, i + 3u); }
}

fn store(four: mat4x4f, chunk: u32, row: u32, o: u32) {
  store_row(four[0], chunk, row, o);
  store_row(four[1], chunk, row + 1u, o);
  store_row(four[2], chunk, row + 2u, o);
  store_row(four[3], chunk, row + 3u, o);
}

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 3u) / 4u;
  let per = p.ic / p.groups;
  let down = (p.kh * p.kw * per + 15u) / 16u;
  let tile = (wid.x + wid.y * num.x) * 32u + t;
  let chunk = tile / (across * down);
  if (chunk >= p.chunks) { return; }
  let o = tile % across * 4u;
  let row = tile / across % down * 16u;
  let begin = o / (p.oc / p.groups) * per;  // first input channel of the group
  let four = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.oc - 1u));

  let r0 = rows(row);
  let r1 = rows(row + 4u);
  let r2 = rows(row + 8u);
  let r3 = rows(row + 12u);
  var d0 = mat4x4f();
  var d1 = mat4x4f();
  var d2 = mat4x4f();
  var d3 = mat4x4f();
  let end = min((chunk + 1u) * p.chunk, p.batch * p.oh);
  for (var line = chunk * p.chunk; line < end; line++) {
    let y = line % p.oh * p.sy - p.py;
    let image = (line / p.oh * p.ih + y) * p.iw;
    for (var ox = 0u; ox < p.ow; ox++) {
      let x0 = ox * p.sx - p.px;
      let at = (image + x0) * p.ic + begin;
      let gat = (line * p.ow + ox) * p.oc + four;
      let gradient = vec4f(g[gat.x], g[gat.y], g[gat.z], g[gat.w]);
      d0 += outer(seen(r0, at, y, x0), gradient);
      d1 += outer(seen(r1, at, y, x0), gradient);
      d2 += outer(seen(r2, at, y, x0), gradient);
      d3 += outer(seen(r3, at, y, x0), gradient);
    }
  }

  store(d0, chunk, row, o);
  store(d1, chunk, row + 4u, o);
  store(d2, chunk, row + 8u, o);
  store(d3, chunk, row + 12u, o);
}
