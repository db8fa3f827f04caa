import { add, stopGradient, sub, type Tensor, variable, type Shape } from '../../engine/index.ts';
import { floats, meanOf } from '../chunks.ts';
import { manyPasses, type Sampler } from '../sampler.ts';

/**
 * Annealed importance sampling. R. M. Neal, Annealed Importance Sampling, Statistics and Computing 11,
 * 2001; R. Salakhutdinov and I. Murray, On the Quantitative Analysis of Deep Belief Networks, ICML 2008.
 *
 *   x_1 ~ p_0,  x_{k+1} ~ T_k(·|x_k), which leaves p_k invariant,  0 = β_0 < β_1 < ... < β_K = 1
 *   log w = Σ_k log p*_{β_k}(x_k) − log p*_{β_{k−1}}(x_k)
 *   E w = Z / Z_0
 *
 * The mean of w is unbiased, its logarithm is too low on average.
 */
export interface Annealing {
  /** [n, ...], what chains look like. */
  readonly shape: Shape;
  /** Independent draws of p_0, [n, ...]. In a step, as all of these. */
  start(): Tensor;
  /** log p*_β(x), unnormalised: [n], nats. */
  logDensity(x: Tensor, beta: number): Tensor;
  /** A move from p_β that leaves it as it is. */
  move(x: Tensor, beta: number): Tensor;
  /** log Z_0, nats. */
  readonly logZ: number;
}

/** log Z by annealed importance sampling. */
export interface Estimate {
  /** Nats. */
  logZ: number;
  /** Standard error of log Z by the spread of the weights. */
  error: number;
}

/** Estimates log Z at β = 1, in `steps` equal steps of β. Outside of steps. */
export async function annealedImportance(path: Annealing, steps: number): Promise<Estimate> {
  const sampler = annealed(path, steps);
  const logs = (await floats(await sampler.draw())).map((v) => v);
  sampler.dispose();
  return estimate(logs, path.logZ);
}

/** log Z_0 + log mean w, from log w. */
export function estimate(logWeights: Float32Array, logZ0: number): Estimate {
  const most = logWeights.reduce((a, b) => Math.max(a, b));
  const weights = Float64Array.from(logWeights, (v) => Math.exp(v - most));
  const mean = meanOf(weights);
  const variance = meanOf(weights.map((w) => (w - mean) ** 2));
  return {
    logZ: logZ0 + most + Math.log(mean),
    error: Math.sqrt(variance / weights.length) / mean,
  };
}

/** Draws log w, [n]. */
function annealed(path: Annealing, steps: number): Sampler {
  const state = variable(null, path.shape, { name: 'annealed chains' });
  const logW = variable(null, path.shape.slice(0, 1), { name: 'log weights' });
  return manyPasses(steps, {
    kinds: steps > 1 ? [0, 1] : [0],
    pass(i) {
      const x = i === 0 ? path.start() : stopGradient(state);
      const [from, to] = [i / steps, (i + 1) / steps];
      const gain = sub(path.logDensity(x, to), path.logDensity(x, from));
      logW.assign(i === 0 ? gain : add(logW, gain));
      state.assign(path.move(x, to));
    },
    result: () => stopGradient(logW),
    free() {
      for (const held of [state, logW]) held.dispose();
    },
  });
}
