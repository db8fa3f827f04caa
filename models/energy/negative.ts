import { clamp, neg, type Shape, type Tensor, type Variable } from '../../engine/index.ts';
import { chains, type Sampler } from '../sampler.ts';
import type { Domain } from './domain.ts';
import { clamped } from './energy.ts';
import { scoreOf, ula } from './langevin.ts';
import { replayBuffer } from './replay.ts';

/** How the chains of training and of samples go. */
export interface Moves {
  /** Step size ε. */
  readonly eps: number;
  /** Standard deviation of the noise; 0 for √ε, that of Langevin dynamics. */
  readonly deviation: number;
  /** Bound of each component of ∇E. */
  readonly slope: number;
  /** Moves in a training step, and of a sample. */
  readonly langevin: number;
  readonly draws: number;
  /** Where the chains of a training step begin, and those of a sample. */
  readonly start: 'buffer' | 'data' | 'noise';
  readonly from: 'noise' | 'buffer';
  /** Chains that are kept, how many of them a step takes, and the share of these that begins anew. */
  readonly buffer: number;
  readonly batch: number;
  readonly reinit: number;
}

/** What an energy-based model says that data are like, by Langevin chains. */
export interface NegativePhase {
  /** The replay buffer, to be saved with the weights. */
  readonly variables: Readonly<Record<string, Variable>>;
  /** One move of chains x [n, ...shape], down the energy unless another one is given. In a step. */
  move(x: Tensor, down?: (x: Tensor) => Tensor): Tensor;
  /** x⁻ for a batch of data, [batch, ...shape]. Once in a training step. */
  draw(data: Tensor): Tensor;
  /** n samples; those of another energy, where one is given, always begin with noise. */
  sampler(n: number, down?: (x: Tensor) => Tensor): Sampler;
  /** Samples of images in which the known pixels [H·W] are held; the others begin with noise. */
  complete(images: Float32Array<ArrayBuffer>, known: Uint8Array): Sampler;
}

/** Langevin chains over examples of a shape in a domain. */
export function negativePhase(
  energy: (x: Tensor) => Tensor,
  shape: Shape,
  domain: Domain,
  config: Moves,
): NegativePhase {
  const { eps, deviation, slope, langevin, batch, reinit } = config;
  const replay =
    config.start === 'buffer'
      ? replayBuffer(shape, { size: config.buffer, batch, reinit }, domain.start)
      : null;
  const noise = deviation > 0 ? { deviation } : {};

  const move = (x: Tensor, down = energy) => {
    const score = scoreOf((x) => neg(down(x)));
    return domain.inside(ula((x) => clamp(score(x), -slope, slope), x, eps, noise));
  };
  const begin = (data: Tensor) => {
    if (replay) return replay.draw();
    const x = config.start === 'data' ? data : domain.start(data.shape);
    return { x, keep: () => {} };
  };
  const first = (n: number) =>
    replay && config.from === 'buffer' ? replay.take(n) : domain.start([n, ...shape]);

  return {
    variables: replay ? { buffer: replay.buffer } : {},
    move,
    draw(data) {
      const { x: start, keep } = begin(data);
      let x = start;
      for (let k = 0; k < langevin; k++) x = move(x);
      keep(x);
      return x;
    },
    sampler: (n, down) =>
      chains([n, ...shape], config.draws, {
        start: () => (down ? domain.start([n, ...shape]) : first(n)),
        move: (x) => move(x, down),
      }),
    complete: (images, known) =>
      clamped(images, known, shape, {
        moves: config.draws,
        start: domain.start,
        move: (x) => move(x),
      }),
  };
}
