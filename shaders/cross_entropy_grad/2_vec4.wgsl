// cross_entropy_grad / 2_vec4: d[r, c] = exp(y[r, c]) - (1 if c = aim[r] else 0)
//
// The gradient of -y[r, aim[r]] for the logits of which y is the log_softmax: what the softmax
// has too much. An aim that is no class takes 1 from none.
//
// Layout    y and d are [rows, n], row-major; aim is [rows]. n is a multiple of 4.
// Threads   one per four neighbours of d.
// Sync      none.
// Compare   1_naive takes one at a time.

struct Params { rows: u32, n: u32 }

override WIDTH: u32 = 64u;  // threads per workgroup

@group(0) @binding(0) var<storage, read> y: array<vec4f>;
@group(0) @binding(1) var<storage, read> aim: array<u32>;
@group(0) @binding(2) var<storage, read_write> d: array<vec4f>;
@group(0) @binding(3) var<uniform> p: Params;

fn epilogue(v: vec4f, i: u32) -> vec4f { return v; }

// e^t for t <= 0: 2^k e^r with |r| <= ln 2 / 2, e^r by its Taylor series. 0 below -87, NaN for NaN.
fn exp_of(t: vec4f) -> vec4f {
  let low = t < vec4f(-87.0);
  let u = select(t, vec4f(-87.0), low);
  let k = floor(u * 1.44269504 + 0.5);
  let r = (u - k * 0.693115234) - k * 3.19461833e-5;
  let high = 4.16666679e-2 + r * (8.33333377e-3 + r * (1.38888892e-3 + r * 1.98412701e-4));
  let e = 1.0 + r * (1.0 + r * (0.5 + r * (0.166666672 + r * high)));
  return select(e * bitcast<vec4f>(vec4i((k + 127.0) * 8388608.0)), vec4f(0.0), low);
}

@compute @workgroup_size(WIDTH)
fn main(
  @builtin(workgroup_id) wid: vec3u,
  @builtin(num_workgroups) num: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let e = (wid.x + wid.y * num.x) * WIDTH + t;
  let quads = p.n / 4u;
  if (e >= p.rows * quads) { return; }
  let classes = e % quads * 4u + vec4u(0u, 1u, 2u, 3u);
  let own = select(vec4f(0.0), vec4f(1.0), classes == vec4u(aim[e / quads]));
  d[e] = epilogue(exp_of(y[e]) - own, 4u * e);
}
