// winograd_weight / 1_winograd: dw[·,i,o] = Gᵀ · du[·,i,o] · G, each filter of 3 × 3
//
// Layout    du is [16, ic, oc], dw is [3, 3, ic, oc], read as vec4f: oc is a multiple of 4. Gᵀ has
//           the rows 1 ½ ½ 0, 0 ½ -½ 0, 0 ½ ½ 1.
// Threads   four output channels of one input channel each, 64 per workgroup, along the channels.
// Sync      none.
// Compare   the transpose of winograd_filter. Before: winograd_gradient.

struct Params { ic: u32, oc: u32 }

@group(0) @binding(0) var<storage, read> du: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> dw: array<vec4f>;
@group(0) @binding(2) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// Gᵀ times four numbers of four channels each.
fn gather(a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> mat3x4f {
  let half = 0.5 * (b + c);
  return mat3x4f(a + half, 0.5 * (b - c), half + d);
}

fn row(at: u32, step: u32) -> mat3x4f {
  return gather(du[at], du[at + step], du[at + 2u * step], du[at + 3u * step]);
}

fn store(column: mat3x4f, at: u32, step: u32) {
  dw[at] = epilogue(column[0], at * 4u);
  dw[at + 3u * step] = epilogue(column[1], (at + 3u * step) * 4u);
  dw[at + 6u * step] = epilogue(column[2], (at + 6u * step) * 4u);
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

  let r0 = row(i, step);
  let r1 = row(i + 4u * step, step);
  let r2 = row(i + 8u * step, step);
  let r3 = row(i + 12u * step, step);
  store(gather(r0[0], r1[0], r2[0], r3[0]), i, step);
  store(gather(r0[1], r1[1], r2[1], r3[1]), i + step, step);
  store(gather(r0[2], r1[2], r2[2], r3[2]), i + 2u * step, step);
}
