import {
  adam,
  add,
  concat,
  exp,
  grad,
  mean,
  mul,
  neg,
  normal,
  relu,
  reshape,
  schedules,
  split,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { mlp, mlpInit } from '../mlp.ts';
import type { Model } from '../model.ts';
import { onePass } from '../sampler.ts';

/**
 * RealNVP on points of the plane. L. Dinh, J. Sohl-Dickstein and S. Bengio, Density estimation using
 * Real NVP, 2016, arXiv 1605.08803.
 *
 *   log p(x) = log p(z) + log |det ∂z/∂x|,  z = f(x),  p(z) = N(0, I)                     eq. (3)
 *   coupling layer  y₁ = x₁,  y₂ = x₂ ⊙ exp(s(x₁)) + t(x₁),  log |det| = Σ s(x₁)      eq. (4)–(6)
 *   its inverse     x₁ = y₁,  x₂ = (y₂ − t(y₁)) ⊙ exp(−s(y₁))                         eq. (7)–(8)
 *
 * The halves change places after each layer (section 3.5). `step` minimises −log p(x).
 */
export interface RealNvp extends Model {
  /** Data x [B, 2] to noise z [B, 2], and log |det ∂z/∂x| [B], nats. */
  forward(x: Tensor): readonly [z: Tensor, logAbsDet: Tensor];
  /** Noise z [B, 2] to data x [B, 2], and log |det ∂x/∂z| [B], nats. */
  inverse(z: Tensor): readonly [x: Tensor, logAbsDet: Tensor];
  /** Exact log p(x) of points [B, 2]: [B], nats. */
  logDensity(x: Tensor): Tensor;
}

/** A RealNVP with `layers` couplings, each an MLP with two hidden layers. */
export function realnvp(config: Config<'realnvp'>): RealNvp {
  const { layers, hidden, steps, batch, lr } = config;
  const couplings = Array.from({ length: layers }, () => mlpInit([1, hidden, hidden, 2]));
  const optimiser = adam(couplings, { lr });

  /** Shift t and log-scale s of the other half, each [B, 1]. The scale is bounded: |s| < 2. */
  const coupling = (layer: number, half: Tensor) => {
    const [t, s] = split(mlp(couplings[layer], half, relu), 2, 1);
    return { t, s: mul(tanh(s), 2) };
  };

  const forward = (x: Tensor) => {
    let [a, b] = split(x, 2, 1);
    let logAbsDet = null as Tensor | null;
    for (let layer = 0; layer < layers; layer++) {
      const { t, s } = coupling(layer, a);
      [a, b] = [add(mul(b, exp(s)), t), a]; // eq. (5), then the halves change places
      logAbsDet = logAbsDet ? add(logAbsDet, s) : s; // eq. (6)
    }
    return [concat([a, b], 1), flat(logAbsDet as Tensor)] as const;
  };

  const inverse = (z: Tensor) => {
    let [a, b] = split(z, 2, 1);
    let logAbsDet = null as Tensor | null;
    for (let layer = layers - 1; layer >= 0; layer--) {
      [a, b] = [b, a];
      const { t, s } = coupling(layer, a);
      b = mul(sub(b, t), exp(neg(s))); // eq. (8)
      logAbsDet = logAbsDet ? sub(logAbsDet, s) : neg(s);
    }
    return [concat([a, b], 1), flat(logAbsDet as Tensor)] as const;
  };

  const logDensity = (x: Tensor) => {
    const [z, logAbsDet] = forward(x);
    return add(logNormal(z), logAbsDet); // eq. (3)
  };

  return {
    variables: { couplings },
    optimisers: { optimiser },
    rows: batch,
    forward,
    inverse,
    logDensity,

    step(x, i) {
      const loss = neg(mean(logDensity(x)));
      const gradients = grad(loss, optimiser.variables);
      optimiser.update(gradients, { lr: lr * schedules.linearTail(i, steps), clip: 5 });
      return { loss };
    },

    sampler: (n) => onePass(() => inverse(normal([n, 2]))[0]),
  };
}

/** log N(z; 0, I) of each row: [B, D] → [B], nats. */
function logNormal(z: Tensor): Tensor {
  return mul(sum(add(square(z), Math.log(2 * Math.PI)), 1), -0.5);
}

const flat = (column: Tensor) => reshape(column, [-1]); // [B, 1] → [B]

// Beside the paper: |s| is bounded by 2 tanh, the learning rate falls to zero in the second half, and
// gradients are clipped to norm 5; two dimensions need no masks, multi-scale or batch normalisation.
