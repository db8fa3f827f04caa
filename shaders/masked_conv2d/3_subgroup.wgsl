// masked_conv2d / 3_subgroup: y = the product [pixels, seen taps · ic] · [seen taps · ic, oc]
//
// Layout    x is [batch, height, width, ic], w is [kh, kw, ic, oc], y is [batch, height, width,
//           oc], read as vec4f: ic and oc are multiples of 4. Seen are the first `taps` taps of w
//           and, of the next one, for output o the channels below limit(o). x is 0 outside the
//           image.
// Threads   one subgroup of SIZE lanes per workgroup: 16 pixels, and 8 output channels per lane
//           (two blocks of 4, 4 · SIZE apart). What hangs over is not stored.
// Sync      none. Of a block of four pixels, lane e loads pixel e and broadcasts its channels.
// Compare   2_implicit loads all pixels in every thread.

enable subgroups;

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4
override ORDERED: u32 = 1u;  // 0: nothing is seen of the next tap

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// How many channels of the next tap the four outputs from o on see.
fn limit(o: u32) -> vec4u {
  return ((o + vec4u(0u, 1u, 2u, 3u)) / (p.oc / p.colours) + p.own) * (p.ic / p.colours);
}

// The corner of this lane's window in each of four blocks of four pixels, and where in x it lies,
// in vec4s. Left of and above the image these are below zero: they wrap round, and back with a tap.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn windows(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 4u, 8u, 12u), vec4u(p.batch * p.height * p.width - 1u));
  let back = (p.py * p.width + p.px) * (p.ic / 4u);
  return Pixels(q * (p.ic / 4u) - back, q / p.width % p.height - p.py, q % p.width - p.px);
}

// How many taps lie above the image for all pixels of a run that stays in one image.
fn above(first: u32, last: u32) -> u32 {
  let size = p.height * p.width;
  let row = last % size / p.width;
  let rows = (max(p.py, row) - row + p.dy - 1u) / p.dy;
  return select(0u, rows * p.kw, first / size == last / size);
}

// Four pixels by four input channels; rows are columns here.
fn block_x(at: u32, inside: bool) -> mat4x4f {
  let line = select(vec4f(), x[at], inside);
  return mat4x4f(
    subgroupBroadcast(line, 0u),
    subgroupBroadcast(line, 1u),
    subgroupBroadcast(line, 2u),
    subgroupBroadcast(line, 3u));
}

// Four input channels from c on by four outputs, of which each sees only the channels below `seen`.
fn block_w(at: u32, c: u32, seen: vec4u) -> mat4x4f {
  let row = p.oc / 4u;
  let block = mat4x4f(w[at], w[at + row], w[at + 2u * row], w[at + 3u * row]);
  if (ORDERED == 0u) { return block; }
  return mat4x4f(
    select(vec4f(), block[0], vec4u(c) < seen),
    select(vec4f(), block[1], vec4u(c + 1u) < seen),
    select(vec4f(), block[2], vec4u(c + 2u) < seen),
    select(vec4f(), block[3], vec4u(c + 3u) < seen));
}

fn store(rows: mat4x4f, pixel: u32, o: u32) {
  if (o >= p.oc) { return; }
  let end = p.batch * p.height * p.width;
  let i = pixel * p.oc + o;
  if (pixel < end) { y[i / 4u] = epilogue(rows[0], i); }
  if (pixel + 1u < end) { y[(i + p.oc) / 4u] = epilogue(rows[1], i + p.oc); }
  if (pixel + 2u < end) { y[(i + 2u * p.oc) / 4u] = epilogue(rows[2], i + 2u * p.oc); }
  if (pixel + 3u < end) { y[(i + 3u * p.oc) / 4u] = epilogue(rows[3], i + 3u * p.oc); }
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let across = (p.oc + 8u * SIZE - 1u) / (8u * SIZE);
  let group = wid.x + wid.y * num.x;
  let pixel = group / across * 16u;
  if (pixel >= p.batch * p.height * p.width) { return; }
  let first = group % across * 8u * SIZE;
  let o = first + lane * 4u;
  let left = min(o, p.oc - 4u) / 4u;
  let right = min(o + 4u * SIZE, p.oc - 4u) / 4u;
  // Of the next tap, the channels that the last output sees: all lanes go as far.
  let most = limit(min(first + 8u * SIZE, p.oc) - 4u).w;

  let seenleft = limit(4u * left);
  let seenright = limit(4u * right);
  let mine = windows(pixel + lane % 4u);
  var y00 = mat4x4f();
  var y01 = mat4x4f();
  var y10 = mat4x4f();
  var y11 = mat4x4f();
  var y20 = mat4x4f();
  var y21 = mat4x4f();
  var y30 = mat4x4f();
  var y31 = mat4x4f();
  let end = p.taps * p.ic + most;
  for (var row = above(pixel, pixel + 15u) * p.ic; row < end; row += 4u) {  // of w, as a matrix
    let tap = row / p.ic;
    let down = tap / p.kw * p.dy;
    let over = tap % p.kw * p.dx;
    let c = row - tap * p.ic;
    let inside = (mine.y + down < vec4u(p.height)) & (mine.x + over < vec4u(p.width));
    let under = mine.at + (down * p.width + over) * (p.ic / 4u) + c / 4u;
    let at = select(vec4u(0u), under, inside);
    let x0 = block_x(at.x, inside.x);
    let x1 = block_x(at.y, inside.y);
    let x2 = block_x(at.z, inside.z);
    let x3 = block_x(at.w, inside.w);
    let whole = tap < p.taps;
    let wleft = block_w(row * (p.oc / 4u) + left, c, select(seenleft, vec4u(p.ic), whole));
    y00 += wleft * x0;  // x · w, transposed as the blocks are
    y10 += wleft * x1;
    y20 += wleft * x2;
    y30 += wleft * x3;
    let wright = block_w(row * (p.oc / 4u) + right, c, select(seenright, vec4u(p.ic), whole));
    y01 += wright * x0;
    y11 += wright * x1;
    y21 += wright * x2;
    y31 += wright * x3;
  }

  store(y00, pixel, o);
  store(y01, pixel, o + 4u * SIZE);
  store(y10, pixel + 4u, o);
  store(y11, pixel + 4u, o + 4u * SIZE);
  store(y20, pixel + 8u, o);
  store(y21, pixel + 8u, o + 4u * SIZE);
  store(y30, pixel + 12u, o);
  store(y31, pixel + 12u, o + 4u * SIZE);
}
