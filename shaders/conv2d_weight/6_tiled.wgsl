// conv2d_weight / 6_tiled: dw[s] = xᵀ[taps · ic, pixels] · g[pixels, oc] by slabs in shared memory
//
// Layout    x is [batch, ih, iw, ic], g is [batch, oh, ow, oc], dw is [chunks, kh, kw, ic, oc],
//           read as vec4f: ic and oc are multiples of 4, and there is one group. Chunk s sums the
//           rows s·chunk ... (s + 1)·chunk - 1 of the batch · oh rows of g.
// Threads   64 per workgroup, which owns 64 rows of dw (a row is a tap and an input channel) × 32
//           output channels of one chunk; 8 × 4 of them per thread. Neighbours load neighbouring
//           channels, and store them.
// Sync      the workgroup walks along the pixels in slabs of 16. A barrier before the products (the
//           slab is complete) and one after (nobody still reads it). The chunks are summed in order
//           by a second pass, so the result is always the same.
// Compare   conv2d/6_tiled, whose gradient this is; 2_implicit does not share.

struct Params {
  batch: u32, ih: u32, iw: u32, ic: u32, oh: u32, ow: u32, oc: u32, kh: u32, kw: u32,
  sy: u32, sx: u32, dy: u32, dx: u32, py: u32, px: u32, groups: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> slabx: array<vec4f, 256>;  // [pixel, row / 4]: 16 × 16
var<workgroup> slabg: array<vec4f, 128>;  // [pixel, o / 4]: 16 × 8

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// All products of four and four numbers; rows are columns of the mat4x4f.
fn outer(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(b * a.x, b * a.y, b * a.z, b * a.w); }

// Where in x, in vec4s, the tap (down, right) of four pixels of y lies; ~0 outside the image or at
// and beyond `end`. Above and left of the image the numbers wrap round to huge ones.
fn under(q: vec4u, end: u32, down: u32, right: u32) -> vec4u {
  let iy = q / p.ow % p.oh * p.sy + down - p.py;
  let ix = q % p.ow * p.sx + right - p.px;
  let inside = (iy < vec4u(p.ih)) & (ix < vec4u(p.iw)) & (q < vec4u(end));
  let at = ((q / (p.oh * p.ow) * p.ih + iy) * p.iw + ix) * (p.ic / 4u);
  return select(vec4u(0xffffffffu), at, inside);
}

fn load_x(at: u32, c: u32) -> vec4f {
  let inside = at != 0xffffffffu;
  return select(vec4f(), x[select(0u, at + c, inside)], inside);
}

fn load_g(q: u32, end: u32, o: u32) -> vec4f {
  return select(vec4f(), g[(min(q, end - 1u) * p.oc + o) / 4u], q < end);
}

fn store(four: mat4x4f, chunk: u32, row: u32, o: u32) {
  let rows = p.kh * p.kw * p.ic;
  if ((row >= rows) | (o >= p.oc)) { return; }
  for (var e = 0u; e < 4u; e++) {
    let i = (chunk * rows + row + e) * p.oc + o;
    dw[i / 4u] = epilogue(four[e], i);
  }
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 31u) / 32u;
  let down = (p.kh * p.kw * p.ic + 63u) / 64u;
  let group = wid.x + wid.y * num.x;
  let chunk = group / (across * down);
  if (chunk >= p.chunks) { return; }
  let o = group % across * 32u + t % 8u * 4u;
  let row = group / across % down * 64u;

  // What this thread loads of every slab: its row of x of four pixels, its channels of g of two.
  let mine = min(row + t % 16u * 4u, p.kh * p.kw * p.ic - 4u);
  let tap = mine / p.ic;
  let c = (mine - tap * p.ic) / 4u;
  let channels = min(o, p.oc - 4u);

  var d0 = mat4x4f();
  var d1 = mat4x4f();
  let end = min((chunk + 1u) * p.chunk, p.batch * p.oh) * p.ow;
  for (var slab = chunk * p.chunk * p.ow; slab < end; slab += 16u) {
    let q = slab + t / 16u + vec4u(0u, 4u, 8u, 12u);
    let at = under(q, end, tap / p.kw * p.dy, tap % p.kw * p.dx);
    slabx[t] = load_x(at.x, c);
    slabx[t + 64u] = load_x(at.y, c);
    slabx[t + 128u] = load_x(at.z, c);
    slabx[t + 192u] = load_x(at.w, c);
    slabg[t] = load_g(slab + t / 8u, end, channels);
    slabg[t + 64u] = load_g(slab + t / 8u + 8u, end, channels);
    workgroupBarrier();

    for (var l = 0u; l < 16u; l++) {
      let gradient = slabg[l * 8u + t % 8u];
      d0 += outer(slabx[l * 16u + t / 8u], gradient);
      d1 += outer(slabx[l * 16u + t / 8u + 8u], gradient);
    }
    workgroupBarrier();
  }

  store(d0, chunk, row + t / 8u * 4u, o);
  store(d1, chunk, row + t / 8u * 4u + 32u, o);
}
