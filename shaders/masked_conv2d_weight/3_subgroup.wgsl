// masked_conv2d_weight / 3_subgroup: dw[s,t] = xᵀ[ic, pixels] · g[pixels, oc] for every seen tap t
//
// Layout    x is [batch, height, width, ic], g is [batch, height, width, oc], dw is [chunks, seen,
//           ic, oc], read as vec4f: ic and oc are multiples of 4. Seen are the first `taps` taps of
//           the filter and, with several colours, the channels below limit(o) of the next one; the
//           rest of that tap is set to 0. Chunk s sums the rows s·chunk ... (s + 1)·chunk - 1 of
//           the batch · height rows of g.
// Threads   one subgroup of SIZE lanes per workgroup: 16 input channels, and 8 output channels per
//           lane (two blocks of 4, 4 · SIZE apart) of one tap and one chunk. What hangs over is not
//           stored.
// Sync      none: the chunks are summed in order by a second pass, so the result is always the
//           same. Of the 16 channels of a pixel of x, lane e loads the e-th four and broadcasts
//           them.
// Compare   2_implicit loads all of x in every thread.

enable subgroups;

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32, chunk: u32, chunks: u32,
}

override SIZE: u32 = 4u;  // lanes of a subgroup, at least 4

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

// How many channels of the next tap the four outputs from o on see.
fn limit(o: u32) -> vec4u {
  return ((o + vec4u(0u, 1u, 2u, 3u)) / (p.oc / p.colours) + p.own) * (p.ic / p.colours);
}

// All products of four and four numbers; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

// The columns of g whose pixel of x under tap kx is inside the image: from .x until .y.
fn columns(kx: u32) -> vec2u {
  let shift = kx * p.dx;
  return vec2u(max(p.px, shift) - shift, min(max(p.width + p.px, shift) - shift, p.width));
}

fn store(rows: mat4x4f, line: u32, channel: u32, o: u32, seen: vec4u) {
  if ((channel >= p.ic) | (o >= p.oc)) { return; }
  let row = p.oc / 4u;
  let at = (line * p.ic + channel) * row + o / 4u;
  dw[at] = select(vec4f(), rows[0], vec4u(channel) < seen);
  dw[at + row] = select(vec4f(), rows[1], vec4u(channel + 1u) < seen);
  dw[at + 2u * row] = select(vec4f(), rows[2], vec4u(channel + 2u) < seen);
  dw[at + 3u * row] = select(vec4f(), rows[3], vec4u(channel + 3u) < seen);
}

@compute @workgroup_size(SIZE)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let taps = select(p.taps, p.taps + 1u, p.colours > 1u);
  let across = (p.oc + 8u * SIZE - 1u) / (8u * SIZE);
  let down = (p.ic + 15u) / 16u;
  let group = wid.x + wid.y * num.x;
  let tap = group / (across * down) % taps;
  let chunk = group / (across * down * taps);
  if (chunk >= p.chunks) { return; }
  let first = group % across * 8u * SIZE;
  let o = first + lane * 4u;
  let left = min(o, p.oc - 4u) / 4u;
  let right = min(o + 4u * SIZE, p.oc - 4u) / 4u;
  let channel = group / across % down * 16u;
  let mine = min(channel + lane % 4u * 4u, p.ic - 4u) / 4u;
  let seenleft = select(limit(4u * left), vec4u(p.ic), tap < p.taps);
  let seenright = select(limit(4u * right), vec4u(p.ic), tap < p.taps);
  let most = limit(min(first + 8u * SIZE, p.oc) - 4u).w;  // of all lanes
  let span = columns(tap % p.kw);

  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  var d20 = mat4x4f();
  var d21 = mat4x4f();
  var d30 = mat4x4f();
  var d31 = mat4x4f();
  let some = (tap < p.taps) | (channel < most);  // some output here sees some channel
  let end = select(0u, min((chunk + 1u) * p.chunk, p.batch * p.height), some);
  for (var row = chunk * p.chunk; row < end; row++) {
    let iy = row % p.height + tap / p.kw * p.dy - p.py;  // above the image it wraps round
    if (iy >= p.height) { continue; }
    let ix = span.x + tap % p.kw * p.dx - p.px;
    var xat = ((row / p.height * p.height + iy) * p.width + ix) * (p.ic / 4u) + mine;
    var gat = (row * p.width + span.x) * (p.oc / 4u);
    for (var q = span.x; q < span.y; q++) {
      let four = x[xat];
      let x0 = subgroupBroadcast(four, 0u);
      let x1 = subgroupBroadcast(four, 1u);
      let x2 = subgroupBroadcast(four, 2u);
      let x3 = subgroupBroadcast(four, 3u);
      let gleft = g[gat + left];
      d00 += outer(x0, gleft);
      d10 += outer(x1, gleft);
      d20 += outer(x2, gleft);
      d30 += outer(x3, gleft);
      let gright = g[gat + right];
      d01 += outer(x0, gright);
      d11 += outer(x1, gright);
      d21 += outer(x2, gright);
      d31 += outer(x3, gright);
      xat += p.ic / 4u;
      gat += p.oc / 4u;
    }
  }

  let line = chunk * taps + tap;
  store(d00, line, channel, o, seenleft);
  store(d01, line, channel, o + 4u * SIZE, seenright);
  store(d10, line, channel + 4u, o, seenleft);
  store(d11, line, channel + 4u, o + 4u * SIZE, seenright);
  store(d20, line, channel + 8u, o, seenleft);
  store(d21, line, channel + 8u, o + 4u * SIZE, seenright);
  store(d30, line, channel + 12u, o, seenleft);
  store(d31, line, channel + 12u, o + 4u * SIZE, seenright);
}
