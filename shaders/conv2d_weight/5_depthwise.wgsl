// conv2d_weight / 5_depthwise: dw[s,t,c] = sum over b, q of x[b, s·q + d·t - p, c] · g[b,q,c]
//
// Layout    x is [batch, ih, iw, ic], g is [batch, oh, ow, ic], dw is [chunks, kh, kw, 1, ic], read
//           as vec4f: every channel is a group of its own, and their number is a multiple of 4.
//           Chunk s sums the rows s·chunk ... (s + 1)·chunk - 1 of the batch · oh rows of g.
// Threads   64 per workgroup; each has 4 channels of one tap and one chunk, along the channels.
// Sync      none: the chunks are summed in order by a second pass, so the result is always the
//           same.
// Compare   1_direct has one element per thread, and other groups.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let fours = p.ic / 4u;
  let i = (wid.x + wid.y * num.x) * 64u + t;
  let c = i % fours;
  let kx = i / fours % p.kw;
  let ky = i / (fours * p.kw) % p.kh;
  let chunk = i / (fours * p.kw * p.kh);
  if (chunk >= p.chunks) { return; }

  var sum = vec4f();
  let end = min((chunk + 1u) * p.chunk, p.batch * p.oh);
  for (var row = chunk * p.chunk; row < end; row++) {
    let iy = row % p.oh * p.sy + ky * p.dy - p.py;  // above the image it wraps to a huge number
    if (iy >= p.ih) { continue; }
    let line = (row / p.oh * p.ih + iy) * p.iw;
    var part = vec4f();
    for (var ox = 0u; ox < p.ow; ox++) {
      let ix = ox * p.sx + kx * p.dx - p.px;
      let at = select(0u, line + ix, ix < p.iw) * fours + c;
      part += select(vec4f(), x[at] * g[(row * p.ow + ox) * fours + c], ix < p.iw);
    }
    sum += part;
  }
  dw[i] = epilogue(sum, i * 4u);
}
