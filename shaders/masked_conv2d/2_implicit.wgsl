// masked_conv2d / 2_implicit: y = the product [pixels, seen taps · ic] · [seen taps · ic, oc]
//
// Layout    x is [batch, height, width, ic], w is [kh, kw, ic, oc], y is [batch, height, width,
//           oc], read as vec4f: ic and oc are multiples of 4. Seen are the first `taps` taps of w
//           and, of the next one, for output o the channels below limit(o). x is 0 outside the
//           image.
// Threads   64 per workgroup, 8 pixels × 8 output channels each (four 4 × 4 blocks), along the
//           channels. What hangs over repeats the last pixel or channels and is not stored.
// Sync      none.
// Compare   1_direct is the definition; 3_subgroup shares the loads of x between lanes.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

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

// The corners of the windows of four pixels of y, and where in x they lie, in vec4s. Left of and
// above the image these are below zero: they wrap round, and back when a tap is added.
struct Pixels { at: vec4u, y: vec4u, x: vec4u }

fn windows(first: u32) -> Pixels {
  let q = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(p.batch * p.height * p.width - 1u));
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

// Four input channels from 4c on of the four pixels under one tap; rows are columns here.
fn block_x(q: Pixels, down: u32, over: u32, c: u32) -> mat4x4f {
  let inside = (q.y + down < vec4u(p.height)) & (q.x + over < vec4u(p.width));
  let at = select(vec4u(0u), q.at + (down * p.width + over) * (p.ic / 4u) + c, inside);
  return mat4x4f(
    select(vec4f(), x[at.x], inside.x),
    select(vec4f(), x[at.y], inside.y),
    select(vec4f(), x[at.z], inside.z),
    select(vec4f(), x[at.w], inside.w));
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

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 7u) / 8u;
  let tile = (wid.x + wid.y * num.x) * 64u + t;
  let pixel = tile / across * 8u;
  if (pixel >= p.batch * p.height * p.width) { return; }
  let o = tile % across * 8u;
  let left = o / 4u;
  let right = min(o + 4u, p.oc - 4u) / 4u;

  let top = windows(pixel);
  let low = windows(pixel + 4u);
  var y00 = mat4x4f();
  var y01 = mat4x4f();
  var y10 = mat4x4f();
  var y11 = mat4x4f();
  let seenleft = limit(4u * left);
  let seenright = limit(4u * right);
  let end = p.taps * p.ic + max(seenleft.w, seenright.w);
  for (var row = above(pixel, pixel + 7u) * p.ic; row < end; row += 4u) {  // of w, as a matrix
    let tap = row / p.ic;
    let down = tap / p.kw * p.dy;
    let over = tap % p.kw * p.dx;
    let c = row - tap * p.ic;
    let a = block_x(top, down, over, c / 4u);
    let b = block_x(low, down, over, c / 4u);
    let whole = tap < p.taps;
    let wleft = block_w(row * (p.oc / 4u) + left, c, select(seenleft, vec4u(p.ic), whole));
    y00 += wleft * a;  // x · w, transposed as the blocks are
    y10 += wleft * b;
    let wright = block_w(row * (p.oc / 4u) + right, c, select(seenright, vec4u(p.ic), whole));
    y01 += wright * a;
    y11 += wright * b;
  }

  store(y00, pixel, o);
  store(y01, pixel, o + 4u);
  store(y10, pixel + 4u, o);
  store(y11, pixel + 4u, o + 4u);
}
