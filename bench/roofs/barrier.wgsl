// roofs / barrier: 64 lanes hand a number round, `turns` times
// Layout   one number per lane in workgroup memory
// Threads  one workgroup of 64
// Sync     one workgroup barrier per turn
// Compare  fma.wgsl, which needs none

struct Params {
  turns: u32,
}

var<workgroup> ring: array<u32, 128>;

@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@group(0) @binding(1) var<uniform> p: Params;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var held = lane;
  for (var t = 0u; t < p.turns; t++) {
    let side = (t & 1u) * 64u; // two rings in turn, so one barrier is enough
    ring[side + lane] = held;
    workgroupBarrier();
    held = ring[side + ((lane + 1u) & 63u)];
  }
  out[lane] = held;
}
