// moments_merge / 1_serial: mean and variance of whole lines from those of their chunks
//
// mean = sum n_c mean_c / n and variance = sum n_c (variance_c + (mean_c - mean)^2) / n, where
// chunk c has n_c = min(chunk, n - c·chunk) elements. (Chan, Golub, LeVeque 1983, eq. 2.1)
//
// Layout    means and variances are [outer, chunks, inner], mean and variance [outer, inner],
//           row-major.
// Threads   one per element of mean.
// Sync      none.
// Compare   moments/1_serial makes the chunks.

struct Params { outer: u32, n: u32, inner: u32, chunk: u32, chunks: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> means: array<f32>;
@group(0) @binding(1) var<storage, read> variances: array<f32>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> variance: array<f32>;
@group(0) @binding(4) var<uniform> p: Params;

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.outer * p.inner) { return; }
  let base = (e / p.inner) * p.chunks * p.inner + e % p.inner;

  // Measured from the first chunk's mean, so a large mean costs no digits.
  let first = means[base];
  var total = 0.0;
  for (var c = 0u; c < p.chunks; c++) {
    let count = f32(min(p.chunk, p.n - c * p.chunk));
    total += count * (means[base + c * p.inner] - first);
  }
  let m = first + total / f32(p.n);

  var squares = 0.0;
  for (var c = 0u; c < p.chunks; c++) {
    let count = f32(min(p.chunk, p.n - c * p.chunk));
    let d = means[base + c * p.inner] - m;
    squares += count * (variances[base + c * p.inner] + d * d);
  }
  mean[e] = m;
  variance[e] = squares / f32(p.n);
}
