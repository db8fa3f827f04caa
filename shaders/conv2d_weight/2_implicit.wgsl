// conv2d_weight / 2_implicit: dw[s,t] = xᵀ[ic, pixels] · g[pixels, oc] for every tap t and chunk s
//
// Layout    x is [batch, ih, iw, ic], g is [batch, oh, ow, oc], dw is [chunks, kh, kw, ic, oc],
//           read as vec4f: ic and oc are multiples of 4, and there is one group. Chunk s sums the
//           rows s·chunk ... (s + 1)·chunk - 1 of the batch · oh rows of g.
// Threads   64 per workgroup; each has 8 input × 8 output channels of one tap and one chunk (four 4
//           × 4 blocks), along the output channels. What hangs over is not stored.
// Sync      none: the chunks are summed in order by a second pass, so the result is always the
//           same.
// Compare   1_direct is the definition; 3_subgroup shares the loads of x between lanes.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// All products of four and four numbers; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

// The columns of g whose pixel of x under tap kx is inside the image: from .x until .y.
fn columns(kx: u32) -> vec2u {
  let shift = kx * p.dx;
  let first = (max(p.px, shift) - shift + p.sx - 1u) / p.sx;
  let end = (max(p.iw + p.px, shift) - shift + p.sx - 1u) / p.sx;
  return vec2u(first, min(end, p.ow));
}

fn store(rows: mat4x4f, line: u32, channel: u32, o: u32) {
  if ((channel >= p.ic) | (o >= p.oc)) { return; }
  let i = (line * p.ic + channel) * p.oc + o;
  dw[i / 4u] = epilogue(rows[0], i);
  dw[(i + p.oc) / 4u] = epilogue(rows[1], i + p.oc);
  dw[(i + 2u * p.oc) / 4u] = epilogue(rows[2], i + 2u * p.oc);
  dw[(i + 3u * p.oc) / 4u] = epilogue(rows[3], i + 3u * p.oc);
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 7u) / 8u;
  let down = (p.ic + 7u) / 8u;
  let taps = p.kh * p.kw;
  let tile = (wid.x + wid.y * num.x) * 64u + t;
  let o = tile % across * 8u;
  let channel = tile / across % down * 8u;
  let tap = tile / (across * down) % taps;
  let chunk = tile / (across * down * taps);
  if (chunk >= p.chunks) { return; }
  let left = o / 4u;
  let right = min(o + 4u, p.oc - 4u) / 4u;
  let top = channel / 4u;
  let low = min(channel + 4u, p.ic - 4u) / 4u;
  let ox = columns(tap % p.kw);

  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  let end = min((chunk + 1u) * p.chunk, p.batch * p.oh);
  for (var row = chunk * p.chunk; row < end; row++) {
    let iy = row % p.oh * p.sy + tap / p.kw * p.dy - p.py;  // above the image it wraps round
    if (iy >= p.ih) { continue; }
    let ix = ox.x * p.sx + tap % p.kw * p.dx - p.px;
    var xat = ((row / p.oh * p.ih + iy) * p.iw + ix) * (p.ic / 4u);
    var gat = (row * p.ow + ox.x) * (p.oc / 4u);
    for (var q = ox.x; q < ox.y; q++) {
      let a = x[xat + top];
      let b = x[xat + low];
      let gleft = g[gat + left];
      d00 += outer(a, gleft);
      d10 += outer(b, gleft);
      let gright = g[gat + right];
      d01 += outer(a, gright);
      d11 += outer(b, gright);
      xat += p.sx * (p.ic / 4u);
      gat += p.oc / 4u;
    }
  }

  let line = chunk * taps + tap;
  store(d00, line, channel, o);
  store(d01, line, channel, o + 4u);
  store(d10, line, channel + 4u, o);
  store(d11, line, channel + 4u, o + 4u);
}
