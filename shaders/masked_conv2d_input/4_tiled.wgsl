// masked_conv2d_input / 4_tiled: dx = [pixels, seen taps · oc] · [seen taps · oc, ic], shared
//
// Layout    g is [batch, height, width, oc], w is [kh, kw, ic, oc], dx is [batch, height, width,
//           ic], read as vec4f: ic and oc are multiples of 4. All outputs see input channel i
//           under the first `taps` taps of w, the outputs from since(i) on under the next one.
// Threads   8 × 8 per workgroup, which owns 64 pixels × 64 channels of dx. A thread owns 8 pixels,
//           8 apart, × two blocks of 4 channels, 32 apart. Neighbours load and store neighbours.
// Sync      the workgroup walks along taps and outputs in slabs of 16. A barrier before the
//           products (the slab is complete) and one after (nobody still reads it).
// Compare   masked_conv2d/4_tiled, whose transpose this is; 2_implicit shares nothing.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

override ORDERED: u32 = 1u;  // 0: nothing is seen under the next tap

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read> w: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

var<workgroup> slabg: array<vec4f, 320>;  // [pixel, k / 4]: 64 × 16 floats, lines of 20
// [channel % 4, channel / 4, k / 4]: 64 × 16 floats, lines of 20 and blocks of 17 lines, so that
// neither those who store nor those who load meet in a bank.
var<workgroup> slabw: array<vec4f, 340>;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// From which output on input channel i is seen under the next tap; oc where no output sees it.
fn since(i: u32) -> u32 { return (i / (p.ic / p.colours) + 1u - p.own) * (p.oc / p.colours); }

// How many taps reach only pixels below the image from all of a run that stays in one image.
fn below(first: u32, last: u32) -> u32 {
  let size = p.height * p.width;
  let row = first % size / p.width;
  let rows = (max(row + p.py + p.dy, p.height) - p.height) / p.dy;
  return select(0u, rows * p.kw, first / size == last / size);
}

// Four outputs from o on of the pixel of g that pixel q of dx receives from under a tap.
fn seen_g(q: u32, tap: u32, o: u32) -> vec4f {
  let y = q / p.width % p.height + p.py - tap / p.kw * p.dy;
  let x = q % p.width + p.px - tap % p.kw * p.dx;  // left of the image it wraps round
  let image = q / (p.width * p.height) * p.height;
  if ((tap > p.taps) | (y >= p.height) | (x >= p.width)) { return vec4f(); }
  return g[(((image + y) * p.width + x) * p.oc + o) / 4u];
}

// Four outputs from o on of input channel i, 0 where they do not see it.
fn seen_w(i: u32, tap: u32, o: u32) -> vec4f {
  if (tap > p.taps) { return vec4f(); }
  let at = ((tap * p.ic + i) * p.oc + o) / 4u;
  if (tap < p.taps) { return w[at]; }
  if (ORDERED == 0u) { return vec4f(); }
  return select(vec4f(), w[at], o + vec4u(0u, 1u, 2u, 3u) >= vec4u(since(i)));
}

fn store(v: vec4f, pixel: u32, channel: u32) {
  if ((pixel >= p.batch * p.height * p.width) | (channel >= p.ic)) { return; }
  dx[(pixel * p.ic + channel) / 4u] = epilogue(v, pixel * p.ic + channel);
}

@compute @workgroup_size(8, 8)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_id) lid: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let across = (p.ic + 63u) / 64u;
  let pixels = p.batch * p.height * p.width;
  let group = wid.x + wid.y * num.x;
  let first = group / across * 64u;
  if (first >= pixels) { return; }
  let channel = group % across * 64u;
  let skip = since(channel) / 4u * 4u;  // outputs that see nothing here under the next tap
  let line = t / 4u;  // of the slabs, one of four that this thread stages

  var d00 = mat4x4f();
  var d01 = mat4x4f();
  var d10 = mat4x4f();
  var d11 = mat4x4f();
  let end = (p.taps + 1u) * p.oc - skip;
  for (var slab = below(first, first + 63u) * p.oc; slab < end; slab += 16u) {
    let k = slab + t % 4u * 4u;
    let tap = select(k / p.oc, p.taps + 1u, k >= end);  // beyond the last: it adds 0
    let o = k % p.oc + select(0u, skip, tap == p.taps);
    for (var e = 0u; e < 4u; e++) {
      let q = min(first + line + 16u * e, pixels - 1u);
      slabg[(line + 16u * e) * 5u + t % 4u] = seen_g(q, tap, o);
      let i = min(channel + line + 16u * e, p.ic - 1u);
      slabw[(line % 4u * 17u + line / 4u + 4u * e) * 5u + t % 4u] = seen_w(i, tap, o);
    }
    workgroupBarrier();

    for (var l = 0u; l < 4u; l++) {
      let a = lid.y * 5u + l;
      let b = lid.x * 5u + l;
      let top = mat4x4f(slabg[a], slabg[a + 40u], slabg[a + 80u], slabg[a + 120u]);
      let low = mat4x4f(slabg[a + 160u], slabg[a + 200u], slabg[a + 240u], slabg[a + 280u]);
      let left = transpose(
        mat4x4f(slabw[b], slabw[b + 85u], slabw[b + 170u], slabw[b + 255u]));
      let right = transpose(
        mat4x4f(slabw[b + 40u], slabw[b + 125u], slabw[b + 210u], slabw[b + 295u]));
      d00 += left * top;  // g · wᵀ, transposed as the blocks are
      d01 += right * top;
      d10 += left * low;
      d11 += right * low;
    }
    workgroupBarrier();
  }

  for (var e = 0u; e < 4u; e++) {
    let pixel = first + lid.y + 8u * e;
    store(d00[e], pixel, channel + lid.x * 4u);
    store(d01[e], pixel, channel + lid.x * 4u + 32u);
    store(d10[e], pixel + 32u, channel + lid.x * 4u);
    store(d11[e], pixel + 32u, channel + lid.x * 4u + 32u);
  }
}
