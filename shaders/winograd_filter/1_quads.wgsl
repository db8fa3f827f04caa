// winograd_filter / 1_quads: u[·,i,o] = G · w[·,i,o] · Gᵀ, each filter of 3 × 3 as 4 × 4 numbers
//
// Layout    w is [3, 3, ic, oc] (flip: both ways round), u is [16, ic, oc], read as vec4f: oc is a
//           multiple of 4. G has the rows 1 0 0, ½ ½ ½, ½ -½ ½, 0 0 1.
// Threads   four output channels of one input channel each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   F(2 × 2, 3 × 3) of Lavin and Gray, arXiv:1509.09308. Then winograd_image.

struct Params { ic: u32, oc: u32, flip: u32 }

@group(0) @binding(0) var<storage, read> w: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> u: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

// G times three numbers of four channels each.
fn spread(a: vec4f, b: vec4f, c: vec4f) -> mat4x4f {
  return mat4x4f(a, 0.5 * (a + b + c), 0.5 * (a - b + c), c);
}

// One column of a filter, spread.
fn column(kx: u32, i: u32, step: u32) -> mat4x4f {
  if (p.flip == 1u) {
    let top = w[(8u - kx) * step + i];
    return spread(top, w[(5u - kx) * step + i], w[(2u - kx) * step + i]);
  }
  return spread(w[kx * step + i], w[(3u + kx) * step + i], w[(6u + kx) * step + i]);
}

fn store(row: mat4x4f, at: u32, step: u32) {
  u[at] = row[0];
  u[at + step] = row[1];
  u[at + 2u * step] = row[2];
  u[at + 3u * step] = row[3];
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  let step = p.ic * p.oc / 4u;
  if (i >= step) { return; }

  let a = column(0u, i, step);
  let b = column(1u, i, step);
  let c = column(2u, i, step);
  store(spread(a[0], b[0], c[0]), i, step);
  store(spread(a[1], b[1], c[1]), i + 4u * step, step);
  store(spread(a[2], b[2], c[2]), i + 8u * step, step);
  store(spread(a[3], b[3], c[3]), i + 12u * step, step);
}
