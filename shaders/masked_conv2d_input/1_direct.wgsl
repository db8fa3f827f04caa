// masked_conv2d_input / 1_direct: dx[b,r,i] = sum over seen t, o of g[b, r - d·t + p, o] · w[t,i,o]
//
// Layout    g is [batch, height, width, oc], w is [kh, kw, ic, oc], dx is [batch, height, width,
//           ic]. Input channel i is seen by all outputs under the first `taps` taps of w; under the
//           next one, the centre, by those of later colours (own: and of its own), where channels
//           are cut into `colours` equal runs. g is 0 outside the image.
// Threads   one element of dx each, 64 per workgroup, along the channels of dx.
// Sync      none: a thread gathers what its element receives, so nothing is added twice.
// Compare   masked_conv2d/1_direct, whose transpose this is. 2_implicit has 64 elements per thread.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// From which output on input channel i is seen under the next tap; oc where no output sees it.
fn since(i: u32) -> u32 { return (i / (p.ic / p.colours) + 1u - p.own) * (p.oc / p.colours); }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.height * p.width * p.ic) { return; }

  let channel = i % p.ic;
  let column = i / p.ic % p.width;
  let row = i / (p.ic * p.width) % p.height;
  let image = i / (p.ic * p.width * p.height) * p.height;

  var sum = 0.0;
  for (var tap = 0u; tap <= p.taps; tap++) {
    let oy = row + p.py - tap / p.kw * p.dy;
    let ox = column + p.px - tap % p.kw * p.dx;  // left of the image it wraps round
    if ((oy >= p.height) | (ox >= p.width)) { continue; }
    let gat = ((image + oy) * p.width + ox) * p.oc;
    let wat = (tap * p.ic + channel) * p.oc;
    for (var o = select(0u, since(channel), tap == p.taps); o < p.oc; o++) {
      sum += g[gat + o] * w[wat + o];
    }
  }
  dx[i] = epilogue(sum, i);
}
