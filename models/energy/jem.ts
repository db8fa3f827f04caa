import {
  adam,
  add,
  argmax,
  cast,
  crossEntropy,
  equal,
  grad,
  logSumExp,
  mean,
  mul,
  neg,
  normal,
  oneHot,
  schedules,
  type Shape,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import type { Gallery } from '../model.ts';
import { drawOnce } from '../sampler.ts';
import { pixels } from './domain.ts';
import type { ImageEnergy } from './energy.ts';
import { type NegativePhase, negativePhase } from './negative.ts';
import { residualNetwork } from './networks.ts';

/**
 * Joint energy-based model. W. Grathwohl, K.-C. Wang, J.-H. Jacobsen, D. Duvenaud, M. Norouzi and
 * K. Swersky, Your Classifier is Secretly an Energy Based Model and You Should Treat it Like One, 2020,
 * arXiv 1912.03263.
 *
 *   p(y|x) = exp(f(x)[y]) / Σ_y' exp(f(x)[y'])                    f: the logits of a classifier
 *   p(x, y) = exp(f(x)[y]) / Z
 *   p(x) = Σ_y exp(f(x)[y]) / Z,  so E(x) = −log Σ_y exp(f(x)[y])
 *   log p(x, y) = log p(x) + log p(y|x)
 *
 * `step` goes up the last line: the first term by chains of Langevin dynamics as in any energy-based
 * model, the second exactly, by cross entropy. What it has never seen has a high energy.
 */
export interface Jem extends ImageEnergy {
  /** f(x), [B, classes]. */
  logits(x: Tensor): Tensor;
  /** Where x⁻ comes from. */
  readonly negative: NegativePhase;
}

/** Samples of each class that a picture shows. */
const TIMES = 8;

/** A JEM for images [H, W, C] of 0..1 in so many classes. */
export function jem(config: Config<'jem'>, shape: Shape, classes: number): Jem {
  const { hidden, batch, steps } = config;
  const { trained, run: logits } = residualNetwork(shape, hidden, classes);
  const optimiser = adam(trained);
  const energy = (x: Tensor) => neg(logSumExp(logits(x), -1));
  const negative = negativePhase(energy, shape, pixels, config);

  /** A row of samples of p(x|y) for each class y: chains down −f(x)[y]. */
  const ofClasses = async (): Promise<Gallery> => {
    const wanted = Uint32Array.from({ length: classes * TIMES }, (_, i) => Math.floor(i / TIMES));
    const ofClass = (x: Tensor) => neg(sum(mul(logits(x), oneHot(tensor(wanted), classes)), -1));
    const images = await drawOnce(negative.sampler(wanted.length, ofClass));
    return { images: images as Float32Array, columns: TIMES };
  };

  return {
    variables: { trained, ...negative.variables },
    optimisers: { optimiser },
    rows: batch,
    energy,
    logits,
    negative,

    step(x, i, labels) {
      const { lr, smooth, generative } = config;
      const y = labels as Tensor;
      const f = logits(x);
      const classification = mean(crossEntropy(f, y)); // −log p(y|x)
      const data = add(x, mul(normal(x.shape), smooth));
      const gap = sub(mean(energy(data)), mean(energy(negative.draw(data)))); // −log p(x)
      const loss = add(classification, mul(gap, generative));
      const rate = lr * schedules.linearTail(i, steps);
      optimiser.update(grad(loss, optimiser.variables), { lr: rate });
      return { classification, gap, accuracy: mean(cast(equal(argmax(f, -1), y), 'f32')) };
    },

    views: { classes: ofClasses },
    sampler: (n) => negative.sampler(n),
    complete: negative.complete,
  };
}

// Beside the paper: a small residual network without normalisation, whose slopes are bounded in the
// chains; the learning rate falls to zero in the second half; `generative` weighs log p(x).
