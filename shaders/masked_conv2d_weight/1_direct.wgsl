// masked_conv2d_weight / 1_direct: dw[s,t,i,o] = sum over b, q of x[b, q + d·t - p, i] · g[b,q,o]
//
// Layout    x is [batch, height, width, ic], g is [batch, height, width, oc], dw is [chunks, seen,
//           ic, oc]. Seen are the first `taps` taps of the filter and, with several colours, the
//           channels below limit(o) of the next one; the rest of that tap is set to 0. Chunk s sums
//           the rows s·chunk ... (s + 1)·chunk - 1 of the batch · height rows of g.
// Threads   one element of dw each, 64 per workgroup, along the channels of g.
// Sync      none: the chunks are summed in order by a second pass, so the result is always the
//           same.
// Compare   masked_conv2d/1_direct, whose gradient this is. 2_implicit has 64 elements per thread.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32, chunk: u32, chunks: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

// How many channels of the next tap output o sees: those of earlier colours (own: and of its own).
fn limit(o: u32) -> u32 { return (o / (p.oc / p.colours) + p.own) * (p.ic / p.colours); }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let taps = select(p.taps, p.taps + 1u, p.colours > 1u);
  let i = (wid.x + wid.y * num.x) * 64u + t;
  let o = i % p.oc;
  let channel = i / p.oc % p.ic;
  let tap = i / (p.oc * p.ic) % taps;
  let chunk = i / (p.oc * p.ic * taps);
  if (chunk >= p.chunks) { return; }

  var sum = 0.0;
  let seen = (tap < p.taps) | (channel < limit(o));
  let end = select(0u, min((chunk + 1u) * p.chunk, p.batch * p.height), seen);
  for (var row = chunk * p.chunk; row < end; row++) {
    let iy = row % p.height + tap / p.kw * p.dy - p.py;  // above the image it wraps round
    if (iy >= p.height) { continue; }
    let line = (row / p.height * p.height + iy) * p.width;
    var part = 0.0;
    for (var column = 0u; column < p.width; column++) {
      let ix = column + tap % p.kw * p.dx - p.px;
      if (ix >= p.width) { continue; }
      part += x[(line + ix) * p.ic + channel] * g[(row * p.width + column) * p.oc + o];
    }
    sum += part;
  }
  dw[i] = sum;
}
