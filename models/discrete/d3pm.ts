import {
  adam,
  add,
  broadcastTo,
  cast,
  categorical,
  clamp,
  crossEntropy,
  div,
  gather,
  log,
  matmul,
  maximum,
  mul,
  floor,
  oneHot,
  pad,
  reshape,
  softmax,
  sub,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
  where,
  less,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import type { Denoiser } from './denoisers.ts';
import { chain, type DiscreteDiffusion, descend, passOf, stratified } from './diffusion.ts';
import type { Symbols } from './symbols.ts';
import { type Matrix, type Transitions, transitionsOf } from './transitions.ts';

/**
 * D3PM. J. Austin et al., Structured Denoising Diffusion Models in Discrete State-Spaces, 2021, arXiv
 * 2107.03006.
 *
 *   q(x_t | x_(t−1)) = Cat(x_(t−1) Q_t),  q(x_t | x_0) = Cat(x_0 Q̄_t),  Q̄_t = Q_1 ... Q_t       eq. (3)
 *   q(x_(t−1) | x_t, x_0) = Cat(x_t Q_tᵀ ⊙ x_0 Q̄_(t−1) / x_0 Q̄_t x_tᵀ)                          eq. (3)
 *   p_θ(x_(t−1) | x_t) ∝ Σ_x₀ q(x_(t−1), x_t | x_0) p̃_θ(x_0 | x_t)                              eq. (4)
 *   L = KL(q(x_T | x_0) ‖ p(x_T)) + Σ_t KL(q(x_(t−1) | x_t, x_0) ‖ p_θ(x_(t−1) | x_t))           eq. (1)
 *       + λ E[−log p̃_θ(x_0 | x_t)]                                                              eq. (5)
 *
 * At t = 1 q(x_0 | x_1, x_0) is certain, and its KL is −log p_θ(x_0 | x_1). `step` minimises T times the
 * term of one t for each example, at times spread evenly over 1 ... T. Matrices are those of
 * transitions.ts: uniform, absorbing (a mask), or discretised Gaussian over levels in their order.
 */
export function d3pm(
  config: Config<'d3pm'>,
  symbols: Symbols,
  denoiser: Denoiser,
): DiscreteDiffusion {
  const { noise, times: T } = config;
  const optimiser = adam(denoiser.variables);
  const transitions = transitionsOf(noise, symbols.count, T, config);
  const { states } = transitions;
  const masks = noise === 'absorbing';
  const one = table(transitions, (t) => [t, t + 1], T); // Q_(t+1), t = 0 ... T − 1
  const whole = table(transitions, (t) => [0, t], T + 1); // Q̄_t
  const endCost = variable(costOfEnd(transitions, symbols.count), undefined, { name: 'KL at T' });

  /** p̃_θ(x_0 | x_t) over the states, [B, D, S], and its logits [B, D, V]. */
  const told = (xt: Tensor, t: Tensor) => {
    const logits = denoiser.logits(xt, t);
    const x0 = softmax(logits);
    return { logits, x0: masks ? pad(x0, ONE_MORE) : x0 };
  };

  const terms = (x: Tensor, times: Tensor) => {
    const before = cast(clamp(floor(mul(times, T)), 0, T - 1), 'u32'); // t − 1, [B]
    const x0 = oneHot(x, states);
    const through = matmul(x0, gather(whole, add(before, 1)));
    const xt = categorical(log(through)); // eq. (3)
    const steps = { one: gather(one, before), before: gather(whole, before) };
    const { logits, x0: guess } = told(xt, div(add(cast(before, 'f32'), 1), T));
    const seen = oneHot(xt, states);
    const each = divergence(posterior(seen, x0, steps), posterior(seen, guess, steps));
    return {
      bound: add(mul(T, sum(each, 1)), sum(gather(endCost, x), 1)), // eq. (1)
      crossEntropy: sum(crossEntropy(logits, x), 1),
    };
  };

  return {
    symbols,
    variables: denoiser.variables,
    optimisers: { optimiser },
    rows: config.batch,
    bound: (x, times) => terms(x, times).bound,

    step(x, i) {
      const { bound, crossEntropy } = terms(symbols.read(x), stratified(config.batch));
      const { lambda } = config;
      const losses = lambda > 0 ? add(bound, mul(lambda, crossEntropy)) : bound; // eq. (5)
      return descend(optimiser, losses, config, 10, i);
    },

    sampler(n, { passes = config.passes, ...drawing } = {}) {
      const stops = stopsOf(T, passes);
      const leaps = table(transitions, (i) => [stops[i + 1], stops[i]], passes);
      const first = table(transitions, (i) => [0, stops[i + 1]], passes);
      const shape = [n, symbols.length];
      const start = log(tensor(Float32Array.from(transitions.end)));
      return chain(n, symbols, passes, drawing, {
        start: (given) =>
          masks ? (given ?? symbols.count) : categorical(broadcastTo(start, [...shape, states])),
        move(xt, i, given) {
          const at = (matrices: Variable) => reshape(gather(matrices, passOf(i)), [states, states]);
          const steps = { one: at(leaps), before: at(first) };
          const { x0 } = told(xt, broadcastTo(stops[i] / T, [n]));
          const drawn = categorical(log(posterior(oneHot(xt, states), x0, steps))); // eq. (4)
          if (masks) return where(less(xt, symbols.count), xt, drawn); // what is shown stays
          if (!given) return drawn;
          const known = categorical(log(matmul(oneHot(given, states), steps.before)));
          return where(less(given, symbols.count), known, drawn);
        },
        free() {
          for (const held of [leaps, first]) held.dispose();
        },
      });
    },
  };
}

const NONE = [0, 0] as const;
/** The mask behind the symbols, which x_0 never is. */
const ONE_MORE = [NONE, NONE, [0, 1]] as const;

/** Matrices of a step from time t − 1, or an earlier one, to t. */
export interface Steps {
  /** Q_t, or the product of more: [.., S, S]. */
  one: Tensor;
  /** Q̄ up to the earlier time: [.., S, S]. */
  before: Tensor;
}

/**
 * What stood one step before, eq. (3): [B, D, S]. Of a distribution over x_0 it is eq. (4).
 * @param xt unit vectors [B, D, S]
 * @param x0 unit vectors, or distributions [B, D, S]
 */
export function posterior(xt: Tensor, x0: Tensor, { one, before }: Steps): Tensor {
  const both = mul(matmul(xt, one, { tb: true }), matmul(x0, before));
  return div(both, maximum(sum(both, -1, { keep: true }), SMALLEST));
}

/** KL(q ‖ p) over the last axis, 0 log 0 being 0. */
export const divergence = (q: Tensor, p: Tensor): Tensor =>
  sum(mul(q, sub(log(maximum(q, LEAST)), log(maximum(p, LEAST)))), -1);

/** Probabilities below count as this in a logarithm; sums are not divided by less than the other. */
const [LEAST, SMALLEST] = [1e-12, 1e-35];

/** Transitions between `count` pairs of times, [count, S, S] on the GPU. */
function table(
  { states, between }: Transitions,
  times: (i: number) => readonly [number, number],
  count: number,
) {
  const all = new Float32Array(count * states ** 2);
  for (let i = 0; i < count; i++) all.set(between(...times(i)), i * states ** 2);
  return variable(all, [count, states, states], { name: 'transitions' });
}

/** KL(q(x_T | x_0) ‖ p(x_T)) for each symbol x_0, nats: [V]. */
function costOfEnd({ states, steps, between, end }: Transitions, symbols: number) {
  const last: Matrix = between(0, steps);
  return Float32Array.from({ length: symbols }, (_, x) =>
    end.reduce((kl, p, state) => {
      const q = last[x * states + state];
      return q > 0 ? kl + q * Math.log(q / p) : kl;
    }, 0),
  );
}

/** The times at which a chain of `passes` stops, from T to 0. */
const stopsOf = (T: number, passes: number): number[] =>
  Array.from({ length: passes + 1 }, (_, i) => Math.round(T * (1 - i / passes)));

// Beside the paper: logits of x_0 alone, not those of a truncated logistic distribution; noise for texts has
// no nearest neighbours; and Adam with a warm-up and a straight decay, without a running average of weights.
