// masked_conv2d_input / 3_subgroup: dx = [pixels, seen taps · oc] · [seen taps · oc, ic]
//
// Layout    g is [batch, height, width, oc], w is [kh, kw, ic, oc], dx is [batch, height, width,
//           ic], read as vec4f: ic and oc are multiples of 4. All outputs see input channel i
//           under the first `taps` taps of w, the outputs from since(i) on under the next one.
// Threads   one subgroup of SIZE lanes per workgroup: 16 pixels, and 8 channels of dx per lane (two
//           blocks of 4, 4 · SIZE apart). What hangs over is not stored.
// Sync      none. Of a block of four pixels, lane e loads pixel e of g and broadcasts its channels.
// Compare   2_implicit loads all pixels in every thread.

enable subgroups;

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4
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

// This lane's pixel in each of four blocks of four, moved by the padding down and right, which a
// tap takes back: (y, x), and where that is in g, in vec4s.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn pixels(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 4u, 8u, 12u), vec4u(p.batch * p.height * p.width - 1u));
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

// Four pixels by four outputs; rows are columns here.
fn block_g(at: u32, inside: bool) -> mat4x4f {
  let line = select(vec4f(), g[at], inside);
  return mat4x4f(
    subgroupBroadcast(line, 0u),
    subgroupBroadcast(line, 1u),
    subgroupBroadcast(line, 2u),
    subgroupBroadcast(line, 3u));
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

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.ic + 8u * SIZE - 1u) / (8u * SIZE);
  let group = wid.x + wid.y * num.x;
  let pixel = group / across * 16u;
  if (pixel >= p.batch * p.height * p.width) { return; }
  let first = group % across * 8u * SIZE;
  let channel = first + lane * 4u;
  let left = min(channel, p.ic - 4u);
  let right = min(channel + 4u * SIZE, p.ic - 4u);
  let since0 = since(left);
  let since1 = since(right);
  let skip = since(first).x / 4u * 4u;  // outputs that see no lane's channels under the next tap

  let mine = pixels(pixel + lane % 4u);
  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  var d20 = mat4x4f();
  var d21 = mat4x4f();
  var d30 = mat4x4f();
  var d31 = mat4x4f();
  let end = (p.taps + 1u) * p.oc - skip;
  for (var k = below(pixel, pixel + 15u) * p.oc; k < end; k += 4u) {  // tap and output
    let tap = k / p.oc;
    let up = tap / p.kw * p.dy;
    let over = tap % p.kw * p.dx;
    let whole = tap < p.taps;
    let o = k - tap * p.oc + select(skip, 0u, whole);
    let inside = (mine.y - up < vec4u(p.height)) & (mine.x - over < vec4u(p.width));
    let under = mine.at - (up * p.width + over) * (p.oc / 4u) + o / 4u;
    let at = select(vec4u(0u), under, inside);
    let g0 = block_g(at.x, inside.x);
    let g1 = block_g(at.y, inside.y);
    let g2 = block_g(at.z, inside.z);
    let g3 = block_g(at.w, inside.w);
    let filters = (tap * p.ic * p.oc + o) / 4u;
    let wleft = block_w(filters + left * (p.oc / 4u), o, select(since0, vec4u(0u), whole));
    d00 += wleft * g0;  // g · wᵀ, transposed as the blocks are
    d10 += wleft * g1;
    d20 += wleft * g2;
    d30 += wleft * g3;
    let wright = block_w(filters + right * (p.oc / 4u), o, select(since1, vec4u(0u), whole));
    d01 += wright * g0;
    d11 += wright * g1;
    d21 += wright * g2;
    d31 += wright * g3;
  }

  store(d00, pixel, channel);
  store(d01, pixel, channel + 4u * SIZE);
  store(d10, pixel + 4u, channel);
  store(d11, pixel + 4u, channel + 4u * SIZE);
  store(d20, pixel + 8u, channel);
  store(d21, pixel + 8u, channel + 4u * SIZE);
  store(d30, pixel + 12u, channel);
  store(d31, pixel + 12u, channel + 4u * SIZE);
}
