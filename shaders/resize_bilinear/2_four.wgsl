// resize_bilinear / 2_four: y[b,q,c] = the pixels of x around the centre of q, mixed by distance
//
// Layout    x is [batch, ih, iw, ch], y is [batch, oh, ow, ch]. Centres are half a pixel from
//           corners; beyond the outermost centres the edge repeats. Read and written four channels
//           at a time: ch is a multiple of 4.
// Threads   four neighbouring channels of a pixel of y each, 64 per workgroup.
// Sync      none.
// Compare   1_plain, the same one element at a time.

struct Params { batch: u32, ih: u32, iw: u32, ch: u32, oh: u32, ow: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

// Between which two of `size` pixels the centre of pixel q of `into` lies, and how far from the
// first to the second: (2q + 1) · size / (2 · into) - 1/2, not below 0. Whole numbers are exact.
struct Place { low: u32, high: u32, part: f32 }

fn place(q: u32, size: u32, into: u32) -> Place {
  let at = max((2u * q + 1u) * size, into) - into;
  let low = at / (2u * into);
  return Place(low, min(low + 1u, size - 1u), f32(at % (2u * into)) / f32(2u * into));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let ch = p.ch / 4u;
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.oh * p.ow * ch) { return; }
  let c = i % ch;
  let ox = i / ch % p.ow;
  let oy = i / (ch * p.ow) % p.oh;
  let b = i / (ch * p.ow * p.oh);

  let v = place(oy, p.ih, p.oh);
  let h = place(ox, p.iw, p.ow);
  let low = (b * p.ih + v.low) * p.iw;
  let high = (b * p.ih + v.high) * p.iw;
  let up = mix(x[(low + h.low) * ch + c], x[(low + h.high) * ch + c], h.part);
  let down = mix(x[(high + h.low) * ch + c], x[(high + h.high) * ch + c], h.part);
  y[i] = mix(up, down, v.part);
}
