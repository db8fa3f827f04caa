// roofs / fma: x = a·x + b, again and again, in 12 independent chains
// Layout   one result per invocation, so that nothing can be left out
// Threads  each runs three vec4s in registers; 96 multiply-adds per turn hide what the loop costs
// Sync     none
// Compare  nothing: it touches no memory, so no kernel computes faster

struct Params {
  turns: u32,
}

@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var<uniform> p: Params;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let turns = p.turns; // read once: CPU drivers would load it every turn
  let a = vec4f(0.999 + f32(id.x & 255u) * 1e-6);
  let b = vec4f(0.001);
  var x = vec4f(f32(id.x));
  var y = x + 1.0;
  var z = x + 2.0;
  for (var t = 0u; t < turns; t++) {
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
    x = fma(x, a, b);
    y = fma(y, a, b);
    z = fma(z, a, b);
  }
  out[id.x] = dot(x + y + z, vec4f(1.0));
}
