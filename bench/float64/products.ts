import { empty, type Tape, type Value } from './tape.ts';

/** C += A · B, row-major [m, k] · [k, n]: four rows of B at a time; zeros of A cost nothing. */
export function addProduct(
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
): void {
  for (let i = 0; i < m; i++) {
    const to = i * n;
    let j = 0;
    for (; j + 4 <= k; j += 4) {
      const at = i * k + j;
      const [a0, a1, a2, a3] = [a[at], a[at + 1], a[at + 2], a[at + 3]];
      if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0) continue;
      const [b0, b1, b2, b3] = [j * n, (j + 1) * n, (j + 2) * n, (j + 3) * n];
      for (let o = 0; o < n; o++) {
        c[to + o] += a0 * b[b0 + o] + a1 * b[b1 + o] + a2 * b[b2 + o] + a3 * b[b3 + o];
      }
    }
    for (; j < k; j++) {
      const v = a[i * k + j];
      for (let o = 0; o < n; o++) c[to + o] += v * b[j * n + o];
    }
  }
}

/** The transpose of a [rows, columns]. */
export function turned(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) out[c * rows + r] = a[r * columns + c];
  }
  return out;
}

/** x · w + b over the last axis: [.., in] · [in, out] + [out]. */
export function linear(tape: Tape, x: Value, w: Value, b: Value): Value {
  const [cin, cout] = w.shape;
  const rows = x.data.length / cin;
  const y = empty([...x.shape.slice(0, -1), cout]);
  for (let r = 0; r < rows; r++) y.data.set(b.data, r * cout);
  addProduct(y.data, x.data, w.data, rows, cin, cout);
  tape.push(() => {
    addProduct(x.grad, y.grad, turned(w.data, cin, cout), rows, cout, cin);
    addProduct(w.grad, turned(x.data, rows, cin), y.grad, cin, rows, cout);
    for (let i = 0; i < y.grad.length; i++) b.grad[i % cout] += y.grad[i];
  });
  return y;
}

/** g · wᵀ over the last axis, [.., out] · [in, out]ᵀ: the slope of `linear` for its input. */
export function linearInput(tape: Tape, g: Value, w: Value): Value {
  const [cin, cout] = w.shape;
  const rows = g.data.length / cout;
  const y = empty([...g.shape.slice(0, -1), cin]);
  addProduct(y.data, g.data, turned(w.data, cin, cout), rows, cout, cin);
  tape.push(() => {
    addProduct(g.grad, y.grad, w.data, rows, cin, cout);
    addProduct(w.grad, turned(y.grad, rows, cin), g.data, cin, rows, cout);
  });
  return y;
}

/**
 * Convolution with SAME padding plus bias: x [B, H, W, in], w [kh, kw, in, out] and b [out], image by
 * image as a product of the windows with the filters. `before`: zeros above and to the left, where they
 * are not those of SAME.
 */
export function conv(tape: Tape, x: Value, w: Value, b: Value, stride = 1, before?: number): Value {
  const [batch, height, width, cin] = x.shape;
  const [kh, kw, , cout] = w.shape;
  const [oh, ow] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const y = empty([batch, oh, ow, cout]);
  const taps = kh * kw * cin;
  const each = windowIndices([height, width, cin], [oh, ow], [kh, kw], stride, before);
  const input = height * width * cin;
  const output = oh * ow * cout;
  const windows = (n: number) =>
    Float64Array.from(each, (i) => (i < 0 ? 0 : x.data[n * input + i])); // [oh ow, taps]
  for (let n = 0; n < batch; n++) {
    const rows = y.data.subarray(n * output, (n + 1) * output);
    for (let r = 0; r < oh * ow; r++) rows.set(b.data, r * cout);
    addProduct(rows, windows(n), w.data, oh * ow, taps, cout);
  }
  tape.push(() => {
    const back = turned(w.data, taps, cout);
    for (let n = 0; n < batch; n++) {
      const g = y.grad.subarray(n * output, (n + 1) * output);
      const moved = new Float64Array(oh * ow * taps);
      addProduct(moved, g, back, oh * ow, cout, taps);
      for (let i = 0; i < moved.length; i++) {
        if (each[i] >= 0) x.grad[n * input + each[i]] += moved[i];
      }
      addProduct(w.grad, turned(windows(n), oh * ow, taps), g, taps, oh * ow, cout);
      for (let i = 0; i < g.length; i++) b.grad[i % cout] += g[i];
    }
  });
  return y;
}

/** Where in an image each tap of each window lies, -1 outside: [oh, ow, kh, kw, in]. */
function windowIndices(
  [height, width, cin]: number[],
  [oh, ow]: number[],
  [kh, kw]: number[],
  stride: number,
  before?: number,
): Int32Array {
  const same = (n: number, out: number, size: number) =>
    before ?? Math.floor(Math.max(0, (out - 1) * stride + size - n) / 2);
  const [top, left] = [same(height, oh, kh), same(width, ow, kw)];
  const indices = new Int32Array(oh * ow * kh * kw * cin);
  let i = 0;
  for (let oy = 0; oy < oh; oy++) {
    for (let ox = 0; ox < ow; ox++) {
      for (let tap = 0; tap < kh * kw; tap++) {
        const row = oy * stride + Math.floor(tap / kw) - top;
        const col = ox * stride + (tap % kw) - left;
        const inside = row >= 0 && row < height && col >= 0 && col < width;
        for (let c = 0; c < cin; c++) indices[i++] = inside ? (row * width + col) * cin + c : -1;
      }
    }
  }
  return indices;
}
