// masked_conv2d_input / 2_implicit: dx = [pixels, seen taps · oc] · [seen taps · oc, ic]
//
// Layout    g is [batch, height, width, oc], w is [kh, kw, ic, oc], dx is [batch, height, width,
//           ic], read as vec4f: ic and oc are multiples of 4. All outputs see input channel i
//           under the first `taps` taps of w, the outputs from since(i) on under the next one.
// Threads   64 per workgroup, 8 pixels × 8 channels of dx each (four 4 × 4 blocks), along the
//           channels. What hangs over repeats the last pixel or channels and is not stored.
// Sync      none.
// Compare   masked_conv2d/2_implicit, whose transpose this is; 3_subgroup shares the loads of g.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

override ORDERED: u32 = 1u;  // 0: nothing is seen under the next tap

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// From which output on the four input channels from i on are seen under the next tap.
fn since(i: u32) -> vec4u {
  let colour = (i + vec4u(0u, 1u, 2u, 3u)) / (p.ic / p.colours);
  return (colour + 1u - p.own) * (p.oc / p.colours);
}

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

// Four outputs from o on by four input channels, of which each counts only from `least` on.
fn block_w(at: u32, o: u32, least: vec4u) -> mat4x4f {
  let row = p.oc / 4u;
  let block = mat4x4f(w[at], w[at + row], w[at + 2u * row], w[at + 3u * row]);
  if (ORDERED == 0u) { return transpose(block); }
  let four = o + vec4u(0u, 1u, 2u, 3u);
  return transpose(mat4x4f(
    select(vec4f(), block[0], four >= vec4u(least.x)),
    select(vec4f(), block[1], four >= vec4u(least.y)),
    select(vec4f(), block[2], four >= vec4u(least.z)),
    select(vec4f(), block[3], four >= vec4u(least.w))));
}

fn store(rows: mat4x4f, pixel: u32, channel: u32) {
  if (channel >= p.ic) { return; }
  let end = p.batch * p.height * p.width;
  let i = pixel * p.ic + channel;
  if (pixel < end) { dx[i / 4u] = epilogue(rows[0], i); }
  if (pixel + 1u < end) { dx[(i + p.ic) / 4u] = epilogue(rows[1], i + p.ic); }
  if (pixel + 2u < end) { dx[(i + 2u * p.ic) / 4u] = epilogue(rows[2], i + 2u * p.ic); }
  if (pixel + 3u < end) { dx[(i + 3u * p.ic) / 4u] = epilogue(rows[3], i + 3u * p.ic); }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.ic + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * 64u + t;
  let pixel = tile / across * 8u;
  if (pixel >= p.batch * p.height * p.width) { return; }
  let channel = tile % across * 8u;
  let right = min(channel + 4u, p.ic - 4u);
  let since0 = since(channel);
  let since1 = since(right);
  let skip = since0.x / 4u * 4u;  // outputs that see none of the 8 channels under the next tap

  let top = pixels(pixel);
  let low = pixels(pixel + 4u);
  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  let end = (p.taps + 1u) * p.oc - skip;
  for (var k = below(pixel, pixel + 7u) * p.oc; k < end; k += 4u) {  // tap and output
    let tap = k / p.oc;
    let whole = tap < p.taps;
    let o = k - tap * p.oc + select(skip, 0u, whole);
    let a = block_g(top, tap / p.kw * p.dy, tap % p.kw * p.dx, o / 4u);
    let b = block_g(low, tap / p.kw * p.dy, tap % p.kw * p.dx, o / 4u);
    let filters = (tap * p.ic * p.oc + o) / 4u;
    let wleft = block_w(filters + channel * (p.oc / 4u), o, select(since0, vec4u(0u), whole));
    d00 += wleft * a;  // g · wᵀ, transposed as the blocks are
    d10 += wleft * b;
    let wright = block_w(filters + right * (p.oc / 4u), o, select(since1, vec4u(0u), whole));
    d01 += wright * a;
    d11 += wright * b;
  }

  store(d00, pixel, channel);
  store(d01, pixel, channel + 4u);
  store(d10, pixel + 4u, channel);
  store(d11, pixel + 4u, channel + 4u);
}
