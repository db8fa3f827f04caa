import {
  adam,
  add,
  bceWithLogits,
  broadcastTo,
  concat,
  cumsum,
  gather,
  grad,
  mean,
  mul,
  neg,
  nn,
  reshape,
  schedules,
  type Shape,
  sigmoid,
  sizeOf,
  slice,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
  writeRows,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { type Autoregressive, drawn, type Walk } from './autoregressive.ts';
import { bernoulliPixel } from './pixels.ts';
import { logOdds } from './rates.ts';

/**
 * NADE. H. Larochelle and I. Murray, The Neural Autoregressive Distribution Estimator, AISTATS 2011;
 * B. Uria, M.-A. Côté, K. Gregor, I. Murray and H. Larochelle, Neural Autoregressive Distribution
 * Estimation, 2016, arXiv 1605.02226, whose equations these are.
 *
 *   log p(x) = Σ_d log p(x_d | x_<d)                                                      eq. (1)
 *   p(x_d = 1 | x_<d) = σ(b_d + V_d · h_d)                                                eq. (2)
 *   h_d = σ(a_d)                                                                          eq. (3)
 *   a_1 = c,  a_(d+1) = a_d + x_d W_d                                            eqs. (4) and (5)
 *
 * The sums a_d share their terms, so that all of them cost as much as the last: O(D·H). `step`
 * minimises −log p(x).
 */
export type Nade = Autoregressive;

/** A NADE of binary images, whose output biases b start at the logits of `rates`, one per pixel. */
export function nade(config: Config<'nade'>, shape: Shape, rates: Float32Array): Nade {
  const { hidden, steps } = config;
  const size = sizeOf(shape);
  const { weight: w, bias: c } = nn.linear.init(size, hidden) as Required<nn.Linear>;
  const { weight: v } = nn.linear.init(hidden, size, { bias: false });
  const transposed = variable(reshape(v, [size, hidden]), undefined, { name: 'V' });
  v.dispose();
  const trained: Trained = {
    w,
    c,
    v: transposed,
    b: variable(logOdds(rates), [size], { name: 'b' }),
  };
  const optimiser = adam(trained);

  const logits = (x: Tensor) => {
    const before = slice(reshape(x, [-1, size, 1]), [null, [0, size - 1]]); // [B, D − 1, 1]
    const terms = mul(before, slice(trained.w, [[0, size - 1]])); // x_d W_d: [B, D − 1, H]
    const first = broadcastTo(trained.c, [x.shape[0], 1, hidden]);
    const a = cumsum(concat([first, terms], 1), 1); // [B, D, H], eqs. (4) and (5)
    return add(sum(mul(sigmoid(a), trained.v), 2), trained.b); // [B, D], eqs. (2) and (3)
  };

  const logLikelihood = (x: Tensor) =>
    neg(sum(bceWithLogits(logits(x), reshape(x, [-1, size])), 1)); // eq. (1)

  const walk = (n: number) => walkOf(trained, [n, ...shape]);

  return {
    variables: trained,
    optimisers: { optimiser },
    rows: config.batch,
    pixel: bernoulliPixel,
    numbers: (x) => reshape(logits(x), [-1, size, 1]),
    logLikelihood,

    step(x, i) {
      const loss = neg(mean(logLikelihood(x)));
      const gradients = grad(loss, optimiser.variables);
      optimiser.update(gradients, { lr: config.lr * schedules.linearTail(i, steps) });
      return { loss };
    },

    walk,
    sampler: (n, options) =>
      drawn(walk(n), bernoulliPixel, n, { temperature: config.temperature, ...options }),
  };
}

/** Variables by their letters in the paper. */
type Trained = {
  /** [D, H] */
  readonly w: Variable;
  /** [H] */
  readonly c: Variable;
  /** [D, H] */
  readonly v: Variable;
  /** [D] */
  readonly b: Variable;
};

/** Keeps the sums a: eq. (5) adds the pixel before. */
function walkOf({ w, c, v, b }: Trained, [n, ...shape]: Shape): Walk {
  const size = sizeOf(shape);
  const image = variable(null, [n, size], { name: 'image' });
  const sums = variable(null, [n, c.size], { name: 'sums' });
  return {
    passes: size,
    kinds: [0, 1],
    advance(d, before) {
      if (d > 0) writeRows(image, before, d - 1, 1);
      const a =
        d > 0
          ? add(sums, mul(before, gather(w, tensor([d - 1], [1], 'u32')))) // eq. (5)
          : broadcastTo(c, sums.shape); // eq. (4)
      sums.assign(a);
      const pixel = tensor([d], [1], 'u32');
      return add(sum(mul(sigmoid(a), gather(v, pixel)), 1, { keep: true }), gather(b, pixel));
    },
    images: (last) => reshape(writeRows(image, last, size - 1, 1), [n, ...shape]),
    dispose() {
      for (const held of [image, sums]) held.dispose();
    },
  };
}

// Beside the paper: Adam instead of plain gradient descent, output biases that start at the base
// rates, W and V not tied, one order.
