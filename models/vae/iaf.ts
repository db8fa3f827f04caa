import {
  add,
  div,
  exp,
  flip,
  logSigmoid,
  mul,
  nn,
  split,
  sub,
  type Tensor,
  tanh,
  variable,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import { madeDegrees, maskedLinear } from '../masked.ts';

/**
 * Inverse autoregressive flow: a chain of steps that makes a Gaussian draw z₀ into one of a richer
 * density, all dimensions at once. D. P. Kingma, T. Salimans, R. Jozefowicz, X. Chen, I. Sutskever
 * and M. Welling, Improved Variational Inference with Inverse Autoregressive Flow, 2016, arXiv
 * 1606.04934, algorithm 1.
 *
 *   [m, s] = autoregressive network of (z, h),  output i of inputs < i alone
 *   z' = σ ⊙ z + (1 − σ) ⊙ m,  σ = sigmoid(s),  log |det ∂z'/∂z| = Σ log σ
 *
 * h is what the encoder says of the image besides. The dimensions change to the reverse order after
 * each step. The network is a MADE (Germain et al. 2015, arXiv 1502.03509) with one hidden layer.
 */
export interface Iaf {
  variables: Tree;
  /** z₀ [.., B, Z] and h [B, H] to z [.., B, Z] and log |det ∂z/∂z₀| of each dimension, [.., B, Z]. */
  forward(z: Tensor, h: Tensor): readonly [z: Tensor, logAbsDet: Tensor];
  /** Back, in Z passes through each step, with log |det ∂z₀/∂z| likewise. */
  inverse(z: Tensor, h: Tensor): readonly [z: Tensor, logAbsDet: Tensor];
}

/** A flow of `flows` steps on `size` dimensions, with `hidden` units each and h of `context`. */
export function iaf(flows: number, size: number, hidden: number, context: number): Iaf {
  const steps = Array.from({ length: flows }, () => madeInit(size, hidden, context));
  // An even number of times, so that the dimensions end up where they started.
  const reversed = (t: number) => t < flows - 1 || flows % 2 === 0;

  return {
    variables: steps.map((step) => step.variables),

    forward(z, h) {
      let logAbsDet = null as Tensor | null;
      for (const [t, { run }] of steps.entries()) {
        const { m, logSigma } = run(z, h);
        const sigma = exp(logSigma);
        z = add(mul(sigma, z), mul(sub(1, sigma), m));
        logAbsDet = logAbsDet ? add(logAbsDet, logSigma) : logSigma;
        if (reversed(t)) [z, logAbsDet] = [flip(z, -1), flip(logAbsDet, -1)];
      }
      return [z, logAbsDet as Tensor];
    },

    inverse(z, h) {
      let logAbsDet = mul(z, 0);
      for (const [t, { run }] of [...steps.entries()].reverse()) {
        if (reversed(t)) [z, logAbsDet] = [flip(z, -1), flip(logAbsDet, -1)];
        let before = z; // right in one more dimension after each pass
        let sigma = z;
        for (let i = 0; i < size; i++) {
          const { m, logSigma } = run(before, h);
          sigma = exp(logSigma);
          before = div(sub(z, mul(sub(1, sigma), m)), sigma);
        }
        logAbsDet = sub(logAbsDet, run(before, h).logSigma);
        z = before;
      }
      return [z, logAbsDet];
    },
  };
}

/** Where s starts: σ = sigmoid(2), so that a step changes little at first. */
const OPEN = 2;

/** A MADE from z [.., B, Z] and h [B, H] to m and log σ, each [.., B, Z]. */
function madeInit(size: number, hidden: number, context: number) {
  const { inputs, units, outputs } = madeDegrees(size, hidden);
  const bias = Float32Array.from({ length: 2 * size }, (_, i) => (i < size ? 0 : OPEN));
  const first = nn.linear.init(size, hidden);
  const fromContext = nn.linear.init(context, hidden, { bias: false });
  const last = {
    weight: nn.linear.init(hidden, 2 * size).weight,
    bias: variable(bias, undefined, { name: 'bias' }),
  };
  return {
    variables: { first, fromContext, last },
    run(z: Tensor, h: Tensor) {
      const heard = maskedLinear(first, z, { from: inputs, to: units });
      const a = tanh(add(heard, nn.linear(fromContext, h)));
      const said = maskedLinear(last, a, { from: units, to: outputs, gap: 1 });
      const [m, s] = split(said, 2, -1);
      return { m, logSigma: logSigmoid(s) };
    },
  };
}
