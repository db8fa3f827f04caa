// masked_conv2d / 4_tiled: y = the product [pixels, seen taps · ic] · [seen taps · ic, oc], shared
//
// Layout    x is [batch, height, width, ic], w is [kh, kw, ic, oc], y is [batch, height, width,
//           oc], read as vec4f: ic and oc are multiples of 4. Seen are the first `taps` taps of w
//           and, of the next one, for output o the channels below limit(o). x is 0 outside the
//           image.
// Threads   8 × 8 per workgroup, which owns 64 pixels × 64 output channels. A thread owns 8 pixels,
//           8 apart, × two blocks of 4 channels, 32 apart. Neighbours load and store neighbours.
// Sync      the workgroup walks along the rows of w in slabs of 16. A barrier before the products
//           (the slab is complete) and one after (nobody still reads it).
// Compare   2_implicit has the same product per thread and shares nothing.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

override ORDERED: u32 = 1u;  // 0: nothing is seen of the next tap

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> slabx: array<vec4f, 320>;  // [pixel, row / 4]: 64 × 16 floats, lines of 20
var<workgroup> slabw: array<vec4f, 256>;  // [row, output / 4]: 16 × 64 floats

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// How many channels of the next tap the four outputs from o on see.
fn limit(o: u32) -> vec4u {
  return ((o + vec4u(0u, 1u, 2u, 3u)) / (p.oc / p.colours) + p.own) * (p.ic / p.colours);
}

// How many taps lie above the image for all pixels of a run that stays in one image.
fn above(first: u32, last: u32) -> u32 {
  let size = p.height * p.width;
  let row = last % size / p.width;
  let rows = (max(p.py, row) - row + p.dy - 1u) / p.dy;
  return select(0u, rows * p.kw, first / size == last / size);
}

// Four channels under pixel q, which lies in the image at (y, x), of four rows of w from `row` on.
fn seen_x(q: u32, row: u32, end: u32) -> vec4f {
  let tap = row / p.ic;
  let y = q / p.width % p.height + tap / p.kw * p.dy - p.py;  // above the image it wraps round
  let x0 = q % p.width + tap % p.kw * p.dx - p.px;
  let image = q / (p.width * p.height) * p.height;
  let inside = (row < end) & (y < p.height) & (x0 < p.width);
  let at = ((image + y) * p.width + x0) * (p.ic / 4u) + row % p.ic / 4u;
  if (!inside) { return vec4f(); }
  return x[at];
}

// Four outputs from o on of a row of w, 0 where they do not see it.
fn seen_w(row: u32, o: u32, end: u32) -> vec4f {
  if (row >= end) { return vec4f(); }
  let four = w[row * (p.oc / 4u) + o / 4u];
  if ((ORDERED == 0u) | (row < p.taps * p.ic)) { return four; }
  return select(vec4f(), four, vec4u(row % p.ic) < limit(o));
}

fn store(v: vec4f, pixel: u32, o: u32) {
  if ((pixel >= p.batch * p.height * p.width) | (o >= p.oc)) { return; }
  y[(pixel * p.oc + o) / 4u] = epilogue(v, pixel * p.oc + o);
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.oc + 63u) / 64u;
  let pixels = p.batch * p.height * p.width;
  let group = wid.x + wid.y * num.x;
  let first = group / across * 64u;
  if (first >= pixels) { return; }
  let channel = group % across * 64u;
  let end = p.taps * p.ic + limit(min(channel + 64u, p.oc) - 4u).w;
  let q = first + t / 4u;
  let o = min(channel + t % 16u * 4u, p.oc - 4u);

  var y00 = mat4x4f();
  var y01 = mat4x4f();
  var y10 = mat4x4f();
  var y11 = mat4x4f();
  for (var slab = above(first, first + 63u) * p.ic; slab < end; slab += 16u) {
    for (var e = 0u; e < 4u; e++) {
      let pixel = min(q + 16u * e, pixels - 1u);
      slabx[(t / 4u + 16u * e) * 5u + t % 4u] = seen_x(pixel, slab + t % 4u * 4u, end);
      slabw[t + 64u * e] = seen_w(slab + t / 16u + 4u * e, o, end);
    }
    workgroupBarrier();

    for (var l = 0u; l < 4u; l++) {
      let a = lid.y * 5u + l;
      let b = l * 64u + lid.x;
      let top = mat4x4f(slabx[a], slabx[a + 40u], slabx[a + 80u], slabx[a + 120u]);
      let low = mat4x4f(slabx[a + 160u], slabx[a + 200u], slabx[a + 240u], slabx[a + 280u]);
      let left = mat4x4f(slabw[b], slabw[b + 16u], slabw[b + 32u], slabw[b + 48u]);
      let right = mat4x4f(slabw[b + 8u], slabw[b + 24u], slabw[b + 40u], slabw[b + 56u]);
      y00 += left * top;  // x · w, transposed as the blocks are
      y01 += right * top;
      y10 += left * low;
      y11 += right * low;
    }
    workgroupBarrier();
  }

  for (var e = 0u; e < 4u; e++) {
    let pixel = first + lid.y + 8u * e;
    store(y00[e], pixel, channel + lid.x * 4u);
    store(y01[e], pixel, channel + lid.x * 4u + 32u);
    store(y10[e], pixel + 32u, channel + lid.x * 4u);
    store(y11[e], pixel + 32u, channel + lid.x * 4u + 32u);
  }
}
