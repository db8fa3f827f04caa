// winograd_output / 1_winograd: y[tile q, c] = Aᵀ · m[·,q,c] · A, each tile of 2 × 2 pixels
//
// Layout    m is [16, tiles, ch], y is [batch, oh, ow, ch], read as vec4f: ch is a multiple of 4.
//           Tile q is one of batch · down · across and begins at (2y, 2x); what hangs over an odd
//           side is not stored. Aᵀ has the rows 1 1 1 0 and 0 1 -1 -1.
// Threads   four channels of one tile each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   F(2 × 2, 3 × 3) of Lavin and Gray, arXiv:1509.09308. Before: winograd_image.

struct Params { batch: u32, oh: u32, ow: u32, ch: u32, down: u32, across: u32 }

@group(0) @binding(0) var<storage, read> m: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// A row of the 4 × 4 numbers, times A.
fn row(at: u32, step: u32) -> mat2x4f {
  let m1 = m[at + step];
  let m2 = m[at + 2u * step];
  return mat2x4f(m[at] + m1 + m2, m1 - m2 - m[at + 3u * step]);
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
  let c = (i - q * (p.ch / 4u)) * 4u;
  let image = q / (p.down * p.across);
  let oy = q / p.across % p.down * 2u;
  let ox = q % p.across * 2u;

  let r0 = row(i, step);
  let r1 = row(i + 4u * step, step);
  let r2 = row(i + 8u * step, step);
  let r3 = row(i + 12u * step, step);
  let top = r0 + r1 + r2;
  let low = r1 - r2 - r3;

  let at = ((image * p.oh + oy) * p.ow + ox) * p.ch + c;
  let under = at + p.ow * p.ch;
  let right = ox + 1u < p.ow;
  y[at / 4u] = epilogue(top[0], at);
  if (right) { y[(at + p.ch) / 4u] = epilogue(top[1], at + p.ch); }
  if (oy + 1u >= p.oh) { return; }
  y[under / 4u] = epilogue(low[0], under);
  if (right) { y[(under + p.ch) / 4u] = epilogue(low[1], under + p.ch); }
}
