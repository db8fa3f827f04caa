// winograd_gradient / 1_quads: n[·,q,c] = A · g[tile q, c] · Aᵀ, each tile of 2 × 2 pixels
//
// Layout    g is [batch, oh, ow, ch], 0 outside, and n is [16, tiles, ch], read as vec4f: ch is a
//           multiple of 4. Tile q is one of batch · down · across and begins at (2y, 2x). A has the
//           rows 1 0, 1 1, 1 -1, 0 -1.
// Threads   four channels of one tile each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   the transpose of winograd_output. Then 16 products vᵀ · n, and winograd_weight.

struct Params { batch: u32, oh: u32, ow: u32, ch: u32, down: u32, across: u32 }

@group(0) @binding(0) var<storage, read> g: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> n: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

fn load(at: u32, inside: bool) -> vec4f {
  return select(vec4f(), g[select(0u, at, inside)], inside);
}

// A times two numbers of four channels each.
fn spread(a: vec4f, b: vec4f) -> mat4x4f { return mat4x4f(a, a + b, a - b, -b); }

fn store(four: mat4x4f, at: u32, step: u32) {
  n[at] = four[0];
  n[at + step] = four[1];
  n[at + 2u * step] = four[2];
  n[at + 3u * step] = four[3];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  let line = p.ch / 4u;
  let step = p.batch * p.down * p.across * line;
  if (i >= step) { return; }
  let q = i / line;
  let image = q / (p.down * p.across);
  let oy = q / p.across % p.down * 2u;
  let ox = q % p.across * 2u;
  let at = ((image * p.oh + oy) * p.ow + ox) * line + i - q * line;
  let right = ox + 1u < p.ow;
  let low = oy + 1u < p.oh;

  let r0 = spread(g[at], load(at + line, right));
  let r1 = spread(load(at + p.ow * line, low), load(at + (p.ow + 1u) * line, low & right));
  store(r0, i, step);
  store(r0 + r1, i + 4u * step, step);
  store(r0 - r1, i + 8u * step, step);
  store(-1.0 * r1, i + 12u * step, step);
}
