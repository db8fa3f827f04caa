// winograd_image / 1_quads: v[·,q,c] = Bᵀ · x[patch q, c] · B, each patch of 4 × 4 pixels
//
// Layout    x is [batch, ih, iw, ch], 0 outside the image, and v is [16, tiles, ch], read as vec4f:
//           ch is a multiple of 4. Tile q is one of batch · down · across, whose patch begins at
//           (2y - py, 2x - px). Bᵀ has the rows 1 0 -1 0, 0 1 1 0, 0 -1 1 0, 0 1 0 -1.
// Threads   four channels of one tile each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   F(2 × 2, 3 × 3) of Lavin and Gray, arXiv:1509.09308. Before: winograd_filter. Then 16
//           products v · u, one for each of the 16 numbers, and winograd_output.

struct Params { batch: u32, ih: u32, iw: u32, ch: u32, down: u32, across: u32, py: u32, px: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> v: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

// A row of a patch, times B. Left of and above the image numbers wrap round to huge ones.
fn row(image: u32, iy: u32, ix: vec4u, c: u32) -> mat4x4f {
  let inside = (ix < vec4u(p.iw)) & vec4<bool>(iy < p.ih);
  let at = select(vec4u(0u), ((image * p.ih + iy) * p.iw + ix) * (p.ch / 4u) + c, inside);
  let d0 = select(vec4f(), x[at.x], inside.x);
  let d1 = select(vec4f(), x[at.y], inside.y);
  let d2 = select(vec4f(), x[at.z], inside.z);
  let d3 = select(vec4f(), x[at.w], inside.w);
  return mat4x4f(d0 - d2, d1 + d2, d2 - d1, d1 - d3);
}

fn store(four: mat4x4f, at: u32, step: u32) {
  v[at] = four[0];
  v[at + step] = four[1];
  v[at + 2u * step] = four[2];
  v[at + 3u * step] = four[3];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  let step = p.batch * p.down * p.across * (p.ch / 4u);
  if (i >= step) { return; }
  let q = i / (p.ch / 4u);
  let c = i - q * (p.ch / 4u);
  let image = q / (p.down * p.across);
  let iy = q / p.across % p.down * 2u - p.py;
  let ix = q % p.across * 2u - p.px + vec4u(0u, 1u, 2u, 3u);

  let r0 = row(image, iy, ix, c);
  let r1 = row(image, iy + 1u, ix, c);
  let r2 = row(image, iy + 2u, ix, c);
  let r3 = row(image, iy + 3u, ix, c);
  store(r0 - r2, i, step);
  store(r1 + r2, i + 4u * step, step);
  store(r2 - r1, i + 8u * step, step);
  store(r1 - r3, i + 12u * step, step);
}
