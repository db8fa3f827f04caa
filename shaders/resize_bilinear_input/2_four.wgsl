// resize_bilinear_input / 2_four: dx[b,r,c] = sum over q of g[b,q,c] · the share of r in q
//
// Layout    g is [batch, oh, ow, ch], dx is [batch, ih, iw, ch]. Read and written four channels at
//           a time: ch is a multiple of 4.
// Threads   four neighbouring channels of a pixel of dx each, 64 per workgroup.
// Sync      none: a thread gathers what its element receives, so nothing is added twice.
// Compare   1_plain, the same one element at a time.

struct Params { batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32 }

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dx: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

// Between which two of `size` pixels the centre of pixel q of `into` lies, and how far from the
// first to the second: (2q + 1) · size / (2 · into) - 1/2, not below 0. Whole numbers are exact.
struct Place { low: u32, high: u32, part: f32 }

fn place(q: u32, size: u32, into: u32) -> Place {
  let at = max((2u * q + 1u) * size, into) - into;
  let low = at / (2u * into);
  return Place(low, min(low + 1u, size - 1u), f32(at % (2u * into)) / f32(2u * into));
}

// The share that pixel r of `size` has in pixel q of `into`.
fn share(q: u32, r: u32, size: u32, into: u32) -> f32 {
  let at = place(q, size, into);
  return select(0.0, 1.0 - at.part, at.low == r) + select(0.0, at.part, at.high == r);
}

// The pixels of `into` that pixel r of `size` may have a share in: from .x until .y.
fn reach(r: u32, size: u32, into: u32) -> vec2u {
  let first = (max(2u * r, 1u) - 1u) * into / (2u * size);
  let end = (2u * r + 3u) * into / (2u * size) + 1u;
  return vec2u(max(first, 1u) - 1u, min(end, into));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let ch = p.ch / 4u;
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.ih * p.iw * ch) { return; }
  let c = i % ch;
  let ix = i / ch % p.iw;
  let iy = i / (ch * p.iw) % p.ih;
  let b = i / (ch * p.iw * p.ih);

  let v = reach(iy, p.ih, p.oh);
  let h = reach(ix, p.iw, p.ow);
  var sum = vec4f();
  for (var oy = v.x; oy < v.y; oy++) {
    let wide = share(oy, iy, p.ih, p.oh);
    if (wide == 0.0) { continue; }
    for (var ox = h.x; ox < h.y; ox++) {
      let part = wide * share(ox, ix, p.iw, p.ow);
      if (part == 0.0) { continue; }
      sum += part * g[((b * p.oh + oy) * p.ow + ox) * ch + c];
    }
  }
  dx[i] = sum;
}
