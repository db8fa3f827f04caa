// masked_conv2d_input / 5_lines: dx = the dot products of lines of g and w, for few or odd channels
//
// Layout    g is [batch, height, width, oc], w is [kh, kw, ic, oc], both read as vec4f: oc is a
//           multiple of 4. dx is [batch, height, width, ic]. All outputs see input channel i under
//           the first `taps` taps of w, the outputs from since(i) on under the next one.
// Threads   64 per workgroup, 8 pixels × 1 channel of dx each, along the channels: the first layer
//           of a network has 1 or 3. What hangs over repeats the last pixel and is not stored.
// Sync      none.
// Compare   2_implicit has 8 channels per thread; 1_direct loads single numbers.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// From which output on input channel i is seen under the next tap; oc where no output sees it.
fn since(i: u32) -> u32 { return (i / (p.ic / p.colours) + 1u - p.own) * (p.oc / p.colours); }

// Four pixels of dx, moved by the padding down and right, which a tap takes back: (y, x), and where
// that is in g, in vec4s.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn pixels(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.batch * p.height * p.width - 1u));
  let on = (p.py * p.width + p.px) * (p.oc / 4u);
  return Pixels(q * (p.oc / 4u) + on, q / p.width % p.height + p.py, q % p.width + p.px);
}

// How many taps reach only pixels below the image from all of a run that stays in one image.
fn below(first: u32, last: u32) -> u32 {
  let size = p.height * p.width;
  let row = first % size / p.width;
  let rows = (max(row + p.py + p.dy, p.height) - p.height) / p.dy;
  return select(0u, rows * p.kw, first / size == last / size);
}

// Four outputs from 4c on of the pixels of g that the four receive from under one tap.
fn block_g(q: Pixels, up: u32, left: u32, c: u32) -> mat4x4f {
  let inside = (q.y - up < vec4u(p.height)) & (q.x - left < vec4u(p.width));
  let at = select(vec4u(0u), q.at - (up * p.width + left) * (p.oc / 4u) + c, inside);
  return mat4x4f(
    select(vec4f(), g[at.x], inside.x),
    select(vec4f(), g[at.y], inside.y),
    select(vec4f(), g[at.z], inside.z),
    select(vec4f(), g[at.w], inside.w));
}

fn store(four: vec4f, pixel: u32, channel: u32) {
  let last = min(pixel + 4u, p.batch * p.height * p.width);
  for (var q = pixel; q < last; q++) {
    let i = q * p.ic + channel;
    dx[i] = epilogue(four[q - pixel], i);
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let tile = (wid.x + wid.y * num.x) * 64u + t;
  let pixel = tile / p.ic * 8u;
  if (pixel >= p.batch * p.height * p.width) { return; }
  let channel = tile % p.ic;
  let least = since(channel);
  let skip = least / 4u * 4u;

  let top = pixels(pixel);
  let low = pixels(pixel + 4u);
  var d0 = vec4f();
  var d1 = vec4f();
  let end = (p.taps + 1u) * p.oc - skip;
  for (var k = below(pixel, pixel + 7u) * p.oc; k < end; k += 4u) {  // tap and output
    let tap = k / p.oc;
    let whole = tap < p.taps;
    let o = k - tap * p.oc + select(skip, 0u, whole);
    let up = tap / p.kw * p.dy;
    let left = tap % p.kw * p.dx;
    let seen = o + vec4u(0u, 1u, 2u, 3u) >= vec4u(select(least, 0u, whole));
    let filters = select(vec4f(), w[((tap * p.ic + channel) * p.oc + o) / 4u], seen);
    d0 += filters * block_g(top, up, left, o / 4u);  // a dot product with each pixel
    d1 += filters * block_g(low, up, left, o / 4u);
  }

  store(d0, pixel, channel);
  store(d1, pixel + 4u, channel);
}
