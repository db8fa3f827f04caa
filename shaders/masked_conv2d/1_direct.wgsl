// masked_conv2d / 1_direct: y[b,q,o] = sum over the seen (t, i) of x[b, q + d·t - p, i] · w[t,i,o]
//
// Layout    x is [batch, height, width, ic], w is [kh, kw, ic, oc], y is [batch, height, width,
//           oc]. Seen are the first `taps` taps of w in reading order: the past of a raster scan.
//           Of the next tap, the centre, output o sees the channels of earlier colours (own: and of
//           its own), where channels are cut into `colours` equal runs. The rest of w is never
//           read. x is 0 outside the image.
// Threads   one element of y each, 64 per workgroup, along the channels of y.
// Sync      none.
// Compare   read this first. 2_implicit computes 64 elements per thread, as a matrix product.

struct Params {
  batch: u32, height: u32, width: u32, ic: u32, oc: u32, kw: u32, taps: u32,
  dy: u32, dx: u32, py: u32, px: u32, colours: u32, own: u32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> w: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// How many channels of the next tap output o sees: none with one colour that is not its own.
fn limit(o: u32) -> u32 { return (o / (p.oc / p.colours) + p.own) * (p.ic / p.colours); }

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let i = (wid.x + wid.y * num.x) * 64u + t;
  if (i >= p.batch * p.height * p.width * p.oc) { return; }

  let o = i % p.oc;
  let column = i / p.oc % p.width;
  let row = i / (p.oc * p.width) % p.height;
  let image = i / (p.oc * p.width * p.height) * p.height;

  var sum = 0.0;
  for (var tap = 0u; tap <= p.taps; tap++) {
    let iy = row + tap / p.kw * p.dy - p.py;  // above the image it wraps round to a huge number
    let ix = column + tap % p.kw * p.dx - p.px;
    if ((iy >= p.height) | (ix >= p.width)) { continue; }
    let seen = select(p.ic, limit(o), tap == p.taps);
    let xat = ((image + iy) * p.width + ix) * p.ic;
    let wat = tap * p.ic * p.oc + o;
    for (var c = 0u; c < seen; c++) { sum += x[xat + c] * w[wat + c * p.oc]; }
  }
  y[i] = epilogue(sum, i);
}
