import { empty, type Tape, type Value } from './tape.ts';

/**
 * Attention of `heads` heads, causal unless told otherwise: qkv [B, T, 3 d] holds queries, keys and values
 * side by side, each with its heads side by side.
 */
export function attention(tape: Tape, qkv: Value, heads: number, causal = true): Value {
  const [batch, T, three] = qkv.shape;
  const d = three / 3;
  const depth = d / heads;
  const scale = 1 / Math.sqrt(depth);
  const y = empty([batch, T, d]);
  const p = new Float64Array(batch * heads * T * T);
  const seen = (t: number) => (causal ? t + 1 : T);
  /** Calls back with where query t, key s, result t and weight ts of one head begin. */
  const pairs = (act: (q: number, k: number, to: number, at: number) => void) => {
    for (let bh = 0; bh < batch * heads; bh++) {
      const row = Math.floor(bh / heads) * T;
      const head = (bh % heads) * depth;
      for (let t = 0; t < T; t++) {
        for (let s = 0; s < seen(t); s++) {
          const at = (bh * T + t) * T + s;
          const key = (row + s) * three + d + head;
          act((row + t) * three + head, key, (row + t) * d + head, at);
        }
      }
    }
  };
  pairs((q, k, _, at) => {
    for (let c = 0; c < depth; c++) p[at] += scale * qkv.data[q + c] * qkv.data[k + c];
  });
  for (let r = 0; r < batch * heads * T; r++) normalise(p.subarray(r * T, r * T + seen(r % T)));
  pairs((_, k, to, at) => {
    for (let c = 0; c < depth; c++) y.data[to + c] += p[at] * qkv.data[k + d + c];
  });
  tape.push(() => {
    const slope = new Float64Array(p.length);
    pairs((_, k, to, at) => {
      for (let c = 0; c < depth; c++) {
        slope[at] += y.grad[to + c] * qkv.data[k + d + c];
        qkv.grad[k + d + c] += p[at] * y.grad[to + c];
      }
    });
    for (let r = 0; r < batch * heads * T; r++) {
      let inner = 0;
      for (let s = 0; s < T; s++) inner += p[r * T + s] * slope[r * T + s];
      for (let s = 0; s < T; s++) slope[r * T + s] = p[r * T + s] * (slope[r * T + s] - inner);
    }
    pairs((q, k, _, at) => {
      for (let c = 0; c < depth; c++) {
        qkv.grad[q + c] += scale * slope[at] * qkv.data[k + c];
        qkv.grad[k + c] += scale * slope[at] * qkv.data[q + c];
      }
    });
  });
  return y;
}

/** Softmax of scores, in place. */
function normalise(row: Float64Array): void {
  const top = row.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i] = Math.exp(row[i] - top);
  for (let i = 0; i < row.length; i++) row[i] /= sum;
}
