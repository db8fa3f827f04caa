import {
  add,
  broadcastTo,
  mul,
  normal,
  type Shape,
  sizeOf,
  stopGradient,
  sub,
  type Tensor,
  variable,
} from '../../engine/index.ts';
import { gaussian } from '../flow/prior.ts';
import type { Sampler } from '../sampler.ts';
import { type Divergence, exactDivergence, rademacher, slicedDivergence } from './divergence.ts';
import { perRow } from '../rows.ts';
import { type Problem, type Solver, solve } from './ode.ts';
import type { Reversible } from './reverse.ts';

/** dx/dt = f(t) x − ½ g(t)² ∇log p_t(x), whose solutions have the marginals of the process: eq. (13). */
export function probabilityFlow({ sde, score }: Reversible, x: Tensor, t: Tensor): Tensor {
  const [f, g2] = [perRow(sde.drift(t), x), perRow(sde.diffusion(t), x)];
  return sub(mul(x, f), mul(score(x, t), mul(g2, 0.5)));
}

/** Samples [n, ...] by the probability flow, from noise at t = 1 to the end. */
export function flowSampler(
  shape: Shape,
  process: Reversible,
  solver: Solver,
  result: (x: Tensor) => Tensor = (x) => x,
): Sampler {
  const problem: Problem = {
    shapes: [shape],
    start: () => [mul(normal(shape), process.sde.prior)],
    slope: ([x], t) => [probabilityFlow(process, x, t)],
    from: 1,
    to: process.end,
    result: ([x]) => result(x),
  };
  return solve(problem, solver);
}

/** The log density of n examples at a time. */
export interface Likelihood {
  /** log p of rows [n, ...], [n] in nats. Outside of steps. */
  logDensity(x: Float32Array): Promise<Float32Array>;
  dispose(): void;
}

/**
 * The density that the probability flow gives data [n, ...]: log p(x) = log p₁(x(1)) + ∫ ∇·F dt from the
 * end to 1, eq. (39). The divergence is exact, by D backward passes each time, or an unbiased estimate
 * with one random direction for each example, the same all the way (Grathwohl et al. 2018, arXiv
 * 1810.01367).
 */
export function flowLikelihood(
  shape: Shape,
  process: Reversible,
  solver: Solver,
  divergence: Divergence,
): Likelihood {
  const data = variable(null, shape, { name: 'data' });
  const direction = variable(null, shape, { name: 'direction' });
  const solution = solve(
    {
      shapes: [shape, [shape[0]]],
      start() {
        if (divergence === 'hutchinson') direction.assign(rademacher(shape));
        return [stopGradient(data), broadcastTo(0, [shape[0]])];
      },
      slope([at], t) {
        const x = stopGradient(at);
        const y = probabilityFlow(process, x, t);
        const exact = divergence === 'exact';
        const spread = exact
          ? exactDivergence(y, x)
          : slicedDivergence(y, x, stopGradient(direction));
        return [y, spread];
      },
      from: process.end,
      to: 1,
      result([x, change]) {
        const { prior } = process.sde;
        const atNoise = gaussian.logDensity(mul(x, 1 / prior)); // of x / prior, a change of volume off
        return add(sub(atNoise, sizeOf(shape.slice(1)) * Math.log(prior)), change);
      },
    },
    solver,
  );
  return {
    async logDensity(x) {
      data.write(x);
      return (await (await solution.draw()).data()) as Float32Array;
    },
    dispose() {
      solution.dispose();
      for (const v of [data, direction]) v.dispose();
    },
  };
}
