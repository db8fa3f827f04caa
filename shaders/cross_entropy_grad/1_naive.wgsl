// cross_entropy_grad / 1_naive: d[r, c] = exp(y[r, c]) - (1 if c = aim[r] else 0)
//
// The gradient of -y[r, aim[r]] for the logits of which y is the log_softmax: what the softmax
// has too much. An aim that is no class takes 1 from none.
//
// Layout    y and d are [rows, n], row-major; aim is [rows].
// Threads   one per element of d.
// Sync      none.
// Compare   2_vec4 takes four neighbours at a time.

struct Params { rows: u32, n: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> y: array<f32>;
@group(0) @binding(1) var<storage, read> aim: array<u32>;
@group(0) @binding(2) var<storage, read_write> d: array<f32>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: f32, i: u32) -> f32 { return v; }

// e^t for t <= 0: 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87, NaN for NaN.
fn exp_of(t: f32) -> f32 {
  let low = t < -87.0;
  let u = select(t, -87.0, low);
  let k = floor(u * 1.44269504 + 0.5);
  let r = (u - k * 0.693115234) - k * 3.19461833e-5;
  let high = 4.16666679e-2 + r * (8.33333377e-3 + r * (1.38888892e-3 + r * 1.98412701e-4));
  let e = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666672 + r * high)));
  return select(e * bitcast<f32>(i32((k + 127.0) * 8388608.0)), 0.0, low);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  if (e >= p.rows * p.n) { return; }
  let own = select(0.0, 1.0, e % p.n == aim[e / p.n]);
  d[e] = epilogue(exp_of(y[e]) - own, e);
}
