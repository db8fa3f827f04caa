import {
  type Arg,
  add,
  cast,
  div,
  equal,
  grad,
  mean,
  type Optimiser,
  permutation,
  schedules,
  stopGradient,
  type Tensor,
  tensor,
  uniform,
  type Variable,
  variable,
  where,
} from '../../engine/index.ts';
import type { Model } from '../model.ts';
import { manyPasses, type Sampler } from '../sampler.ts';
import type { Symbols } from './symbols.ts';

/** A model that turns noise into symbols, step by step from time 1 to 0. */
export interface DiscreteDiffusion extends Model {
  readonly symbols: Symbols;
  /**
   * What symbols x [B, D] u32 cost by one draw of their noise at times t [B] of (0, 1]: [B], nats, whose
   * mean over the noise and over uniform t is at least −log p(x). In a step.
   */
  bound(x: Tensor, t: Tensor): Tensor;
  /** What draws n examples [n, ...]; as the configuration says unless told. */
  sampler(n: number, options?: Drawing): Sampler;
}

/** How examples are drawn. */
export interface Drawing {
  /** Passes of the network from noise to examples. */
  passes?: number;
  /** Symbols [n · D] that are known, the mask where they are not; none unless given. */
  given?: Uint32Array<ArrayBuffer> | null;
}

/**
 * Times [n] spread evenly over (0, 1), in random order: one in each n-th part, all as far into theirs
 * (D. Kingma et al., Variational Diffusion Models, 2021, arXiv 2107.00630, appendix I.1). In a step.
 */
export const stratified = (n: number): Tensor =>
  div(add(cast(permutation(n), 'f32'), uniform([1])), n);

/** How a discrete diffusion is trained. */
interface Training {
  readonly steps: number;
  readonly lr: number;
}

/**
 * One step of Adam, number i, down the mean of a loss [B]: the learning rate goes up in 50 steps, stays,
 * and falls straight to 2 % in the second half; gradients are clipped to the norm `clip`.
 */
export function descend(
  optimiser: Optimiser,
  losses: Tensor,
  { lr, steps }: Training,
  clip: number,
  i: number,
): { loss: Tensor } {
  const loss = mean(losses);
  const rate = lr * schedules.warmUp(i, 50) * schedules.linearTail(i, steps, 0.02);
  optimiser.update(grad(loss, optimiser.variables), { lr: rate, clip });
  return { loss };
}

/** How a sample comes about. Both are called inside a step. */
interface Chain {
  /** Where it begins, [n, D] u32, or one symbol for all. */
  start(given: Variable | null): Arg;
  /** Pass number i: symbols at one time to symbols at the next. */
  move(x: Tensor, i: number, given: Variable | null): Tensor;
  /** Frees what the moves read. */
  free?(): void;
}

/**
 * Draws n examples by a chain of passes, all of which run one plan: numbers that change from pass to
 * pass are data.
 */
export function chain(
  n: number,
  symbols: Symbols,
  passes: number,
  { given = null }: Drawing,
  { start, move, free }: Chain,
): Sampler {
  const shape = [n, symbols.length];
  const x = variable(null, shape, { dtype: 'u32', name: 'symbols' });
  const known = given && variable(given, shape, { name: 'given symbols' });
  return manyPasses(passes, {
    pass: (i) => x.assign(move(where(equal(passOf(i), 0), start(known), x), i, known)),
    result: () => symbols.write(stopGradient(x)),
    free() {
      for (const state of [x, known]) state?.dispose();
      free?.();
    },
  });
}

/** The number of a pass as data: u32 [1]. */
export const passOf = (i: number): Tensor => tensor(Uint32Array.of(i));
