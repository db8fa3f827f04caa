import {
  type Arg,
  add,
  categorical,
  clamp,
  concat,
  discretizedLogisticLogLikelihood,
  exp,
  log,
  log1p,
  logSoftmax,
  logSumExp,
  mul,
  neg,
  oneHot,
  reshape,
  round,
  type Shape,
  split,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor,
  maximum,
  uniform,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import type { Autoregressive } from './autoregressive.ts';
import { ofStacks } from './gated_pixelcnn.ts';
import type { Pixel } from './pixels.ts';

/**
 * PixelCNN++. T. Salimans, A. Karpathy, X. Chen and D. P. Kingma, PixelCNN++: Improving the PixelCNN
 * with Discretized Logistic Mixture Likelihood and Other Modifications, 2017, arXiv 1701.05517.
 *
 *   ν ~ Σ_m π_m logistic(μ_m, s_m),
 *   p(x|π, μ, s) = Σ_m π_m [σ((x + ½ − μ_m) / s_m) − σ((x − ½ − μ_m) / s_m)]      eqs. (1) and (2)
 *   with open ends at the darkest and the brightest level; of colours r, g, b of one component
 *   μ_g(r) = μ_g + α r,  μ_b(r, g) = μ_b + β r + γ g                                      eq. (3)
 *
 * The network sees whole pixels; colours of a pixel are coupled by eq. (3) alone. `step` minimises
 * −log p(x).
 */
export type PixelCnnPp = Autoregressive;

/**
 * A PixelCNN++ of images [H, W, C], grey or RGB, with values 0..1 in steps of 1 / `white`, conditioned
 * on one of `classes` if there are any.
 */
export function pixelcnnPp(
  config: Config<'pixelcnn_pp'>,
  [height, width, colours]: Shape,
  white: number,
  classes: number,
): PixelCnnPp {
  const pixel = logisticMixture(config.mixtures, colours, white);
  return ofStacks(config, pixel, [height, width], classes);
}

/** What a mixture of M components says of C colours. */
interface Components {
  /** log π, [..., M]. */
  logWeights: Tensor;
  /** Of each colour before coupling, [..., M]. */
  means: Tensor[];
  logScales: Tensor[];
  /** α, β and γ, [..., M] each; none of grey pixels. */
  couplings: Tensor[];
}

/** Mixtures of M discretized logistics over the `white` + 1 levels of C colours. */
export function logisticMixture(mixtures: number, colours: number, white: number): Pixel {
  const pairs = (colours * (colours - 1)) / 2;
  const size = mixtures * (1 + 2 * colours + pairs);

  const components = (numbers: Tensor): Components => {
    const parts = split(numbers, 1 + 2 * colours + pairs, -1);
    return {
      logWeights: logSoftmax(parts[0]),
      means: parts.slice(1, 1 + colours),
      logScales: parts.slice(1 + colours, 1 + 2 * colours).map((s) => maximum(s, -7)),
      couplings: parts.slice(1 + 2 * colours).map(tanh),
    };
  };

  /** Mean of colour c given the colours before it, eq. (3): couplings in the order α, β, γ. */
  const meanOf = ({ means, couplings }: Components, before: readonly Tensor[]) => {
    const c = before.length;
    const first = (c * (c - 1)) / 2;
    return before.reduce((mu, x, j) => add(mu, mul(couplings[first + j], x)), means[c]);
  };

  return {
    size,
    colours,
    levels: white + 1,

    logLikelihood(numbers, x) {
      const mixture = components(numbers);
      const levels = split(signed(x), colours, -1); // [..., 1] each
      const each = levels.map((level, c) =>
        discretizedLogisticLogLikelihood(
          level,
          meanOf(mixture, levels.slice(0, c)),
          mixture.logScales[c],
          { levels: white + 1 },
        ),
      );
      return logSumExp(each.reduce(add, mixture.logWeights), -1); // eq. (2)
    },

    draw(numbers, temperature) {
      const mixture = components(numbers);
      const chosen = oneHot(categorical(mul(mixture.logWeights, 1 / temperature)), mixtures);
      const pick = (each: Tensor) => sum(mul(each, chosen), -1, { keep: true }); // [n, 1]
      const drawn: Tensor[] = [];
      for (let c = 0; c < colours; c++) {
        const u = clamp(uniform([numbers.shape[0], 1]), 2 ** -25, 1);
        const noise = sub(log(u), log1p(neg(u))); // a standard logistic
        const scale = mul(exp(pick(mixture.logScales[c])), temperature);
        const value = add(pick(meanOf(mixture, drawn)), mul(scale, noise)); // eq. (1)
        const level = round(mul(add(clamp(value, -1, 1), 1), white / 2));
        drawn.push(sub(mul(level, 2 / white), 1));
      }
      return mul(add(concat(drawn, -1), 1), 0.5);
    },

    probabilities(numbers, x, colour) {
      const mixture = components(numbers);
      const known = split(signed(x), colours, 1).slice(0, colour); // [n, 1] each
      /** log p of levels of colour c by each component, [..., M]. */
      const ofComponents = (level: Tensor, c: number, lift: (t: Tensor) => Tensor) =>
        discretizedLogisticLogLikelihood(
          level,
          lift(meanOf(mixture, known.slice(0, c))),
          lift(mixture.logScales[c]),
          { levels: white + 1 },
        );
      const weights = known.reduce(
        (sum, level, c) =>
          add(
            sum,
            ofComponents(level, c, (t) => t),
          ),
        mixture.logWeights,
      );
      const over = (t: Tensor) => reshape(t, [-1, 1, mixtures]);
      const levels = tensor(
        Float32Array.from({ length: white + 1 }, (_, k) => (2 * k) / white - 1),
        [1, white + 1, 1],
      );
      const each = ofComponents(levels, colour, over); // [n, levels, M]
      return exp(logSumExp(add(over(logSoftmax(weights)), each), -1));
    },
  };
}

/** Values 0..1 as −1..1, the range of the logistics. */
const signed = (x: Arg) => sub(mul(x, 2), 1);

// Beside the paper: the network is that of the gated PixelCNN, which sees whole pixels as this one
// does, instead of a U-shaped one of residual blocks with dropout.
