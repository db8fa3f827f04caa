// masked_conv2d / 5_ragged: y = [pixels, seen taps · ic] · [seen taps · ic, oc], odd channels
//
// Layout    x is [batch, height, width, ic], w is [kh, kw, ic, oc], y is [batch, height, width,
//           oc], with any channels. Seen are the first `taps` taps of w and, of the next one, for
//           output o the channels below limit(o). x is 0 outside the image.
// Threads   32 per workgroup, 16 pixels × 4 output channels each, along the channels: many pixels,
//           since the first layer of a network sees 1 or 3 channels. What hangs over is not stored.
// Sync      none.
// Compare   2_implicit has squarer tiles and loads vec4s.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// How many channels of the next tap each of four outputs sees.
fn limit(o: vec4u) -> vec4u { return (o / (p.oc / p.colours) + p.own) * (p.ic / p.colours); }

// How many taps lie above the image for all pixels of a run that stays in one image.
fn above(first: u32, last: u32) -> u32 {
  let size = p.height * p.width;
  let row = last % size / p.width;
  let rows = (max(p.py, row) - row + p.dy - 1u) / p.dy;
  return select(0u, rows * p.kw, first / size == last / size);
}

// The corners of the windows of four pixels of y, and where in x they lie. Left of and above the
// image these are below zero: they wrap round, and back when a tap is added.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn windows(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.batch * p.height * p.width - 1u));
  let back = (p.py * p.width + p.px) * p.ic;
  return Pixels(q * p.ic - back, q / p.width % p.height - p.py, q % p.width - p.px);
}

// Channel c of the four pixels under one tap; 0 outside the image.
fn under(q: Pixels, down: u32, over: u32, c: u32) -> vec4f {
  let inside = (q.y + down < vec4u(p.height)) & (q.x + over < vec4u(p.width));
  let at = select(vec4u(0u), q.at + (down * p.width + over) * p.ic + c, inside);
  return select(vec4f(), vec4f(x[at.x], x[at.y], x[at.z], x[at.w]), inside);
}

// All products of four pixels and four channels; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

fn store_row(v: vec4f, pixel: u32, o: u32) {
  if (pixel >= p.batch * p.height * p.width) { return; }
  let i = pixel * p.oc + o;
  y[i] = epilogue(v.x, i);
  if (o + 1u < p.oc) { y[i + 1u] = epilogue(v.y, i + 1u); }
  if (o + 2u < p.oc) { y[i + 2u] = epilogue(v.z, i + 2u); }
  if (o + 3u < p.oc) { y[i + 3u] = epilogue(v.w, i + 3u); }
}

fn store(rows: mat4x4f, pixel: u32, o: u32) {
  store_row(rows[0], pixel, o);
  store_row(rows[1], pixel + 1u, o);
  store_row(rows[2], pixel + 2u, o);
  store_row(rows[3], pixel + 3u, o);
}

@compute @workgroup_size(32)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 3u) / 4u;
  let tile = (wid.x + wid.y * num.x) * 32u + t;
  let pixel = tile / across * 16u;
  if (pixel >= p.batch * p.height * p.width) { return; }
  let o = tile % across * 4u;
  let four = min(o + vec4u(0u, 1u, 2u, 3u), vec4u(p.oc - 1u));
  let next = limit(four);

  let q0 = windows(pixel);
  let q1 = windows(pixel + 4u);
  let q2 = windows(pixel + 8u);
  let q3 = windows(pixel + 12u);
  var y0 = mat4x4f();
  var y1 = mat4x4f();
  var y2 = mat4x4f();
  var y3 = mat4x4f();
  for (var row = above(pixel, pixel + 15u) * p.ic; row < p.taps * p.ic + next.w; row++) {
    let tap = row / p.ic;
    let c = row - tap * p.ic;
    let down = tap / p.kw * p.dy;
    let over = tap % p.kw * p.dx;
    let at = row * p.oc + four;
    let seen = vec4u(c) < select(next, vec4u(p.ic), tap < p.taps);
    let filters = select(vec4f(), vec4f(w[at.x], w[at.y], w[at.z], w[at.w]), seen);
    y0 += outer(under(q0, down, over, c), filters);
    y1 += outer(under(q1, down, over, c), filters);
    y2 += outer(under(q2, down, over, c), filters);
    y3 += outer(under(q3, down, over, c), filters);
  }

  store(y0, pixel, o);
  store(y1, pixel + 4u, o);
  store(y2, pixel + 8u, o);
  store(y3, pixel + 12u, o);
}
