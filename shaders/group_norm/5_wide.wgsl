// group_norm / 5_wide: y[b, q, c] = (x[b, q, c] - mean[b, g]) · rstd[b, g] · scale[c] + shift[c]
//
// g = c / (channels / groups) is the group of channel c. The mean and rstd = 1 / sqrt(variance +
// eps) are those of all pixels q and channels of a group. With one pixel and one group this is
// layer norm. (Wu, He 2018, eq. 1; Ba, Kiros, Hinton 2016, eq. 3)
//
// Layout    x and y are [batch, pixels, channels], mean and rstd are [batch, groups], scale and
//           shift are [channels], row-major, in sixteens of channels: channels / groups is a
//           multiple of 16. scale is read if affine has bit 1, shift if bit 2.
// Threads   one per (b, g). Two passes: mean with variance, result. The variance adds the squares
//           of sixteens about their own means and the distances of those, so a far mean costs no
//           digits (Chan, Golub, LeVeque 1979). A CPU driver checks bounds once per 64 bytes, and
//           divides for the length of an array unless it was asked for before the loop; on a GPU
//           neighbours would read a group apart.
// Sync      none.
// Compare   3_quads, four channels at a time in three passes.

struct Params {
  batch: u32, pixels: u32, channels: u32, groups: u32,
  eps: f32,
  affine: u32,
}

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> x: array<array<vec4f, 4>>;
@group(0) @binding(1) var<storage, read> scale: array<array<vec4f, 4>>;
@group(0) @binding(2) var<storage, read> shift: array<array<vec4f, 4>>;
@group(0) @binding(3) var<storage, read_write> y: array<array<vec4f, 4>>;
@group(0) @binding(4) var<storage, read_write> mean: array<f32>;
@group(0) @binding(5) var<storage, read_write> rstd: array<f32>;
@group(0) @binding(6) var<uniform> p: Params;

fn square(v: vec4f) -> vec4f { return v * v; }

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;  // b·groups + g
  let arrays = min(arrayLength(&x), arrayLength(&y));
  let affine = min(arrayLength(&scale), arrayLength(&shift));
  if ((e >= p.batch * p.groups) | (min(arrays, affine) == 0u)) { return; }
  let row = p.channels / 16u;
  let width = row / p.groups;
  let first = (e % p.groups) * width;
  let base = (e / p.groups) * p.pixels * row + first;
  let count = f32(p.pixels * width * 16u);

  var total = 0.0;
  var squares = 0.0;  // about near, the mean of the elements so far
  var near = 0.0;
  var seen = 0.0;
  for (var q = 0u; q < p.pixels; q++) {
    var part = 0.0;  // each pixel by itself before it joins the total
    var about = 0.0;
    for (var c = 0u; c < width; c++) {
      let v = x[base + q * row + c];
      let fours = (v[0] + v[1]) + (v[2] + v[3]);
      let sum = (fours.x + fours.y) + (fours.z + fours.w);
      let own = sum * 0.0625;
      let apart = own - near;
      seen += 1.0;
      let weight = 1.0 / seen;
      near += apart * weight;
      let low = square(v[0] - own) + square(v[1] - own);
      let all = low + (square(v[2] - own) + square(v[3] - own));
      about += ((all.x + all.y) + (all.z + all.w)) + apart * apart * (16.0 - 16.0 * weight);
      part += sum;
    }
    total += part;
    squares += about;
  }
  let m = total / count;
  let variance = squares / count;
  let r = 1.0 / sqrt(variance + p.eps);
  mean[e] = m;
  rstd[e] = r;

  let one = vec4f(1.0);
  let zero = vec4f(0.0);
  for (var c = 0u; c < width; c++) {
    var a = array<vec4f, 4>(one, one, one, one);
    var b = array<vec4f, 4>(zero, zero, zero, zero);
    if ((p.affine & 1u) != 0u) { a = scale[first + c]; }
    if ((p.affine & 2u) != 0u) { b = shift[first + c]; }
    var q = 0u;
    loop {  // not a for, which a CPU driver goes round once more than needed, with all lanes idle
      let at = base + q * row + c;
      let v = x[at];
      y[at] = array<vec4f, 4>(
        ((v[0] - m) * r) * a[0] + b[0],
        ((v[1] - m) * r) * a[1] + b[1],
        ((v[2] - m) * r) * a[2] + b[2],
        ((v[3] - m) * r) * a[3] + b[3],
      );
      continuing {
        q++;
        break if q >= p.pixels;
      }
    }
  }
}
