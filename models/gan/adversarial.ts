import {
  adam,
  ema,
  grad,
  normal,
  schedules,
  type Shape,
  sizeOf,
  split,
  stopGradient,
  type Tensor,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import type { Model } from '../model.ts';
import { onePass } from '../sampler.ts';
import { pointViews } from './views.ts';

/** Settings that all GANs share. */
export interface GameConfig {
  noise: number;
  critics: number;
  batch: number;
  steps: number;
  lr: number;
  average: number;
}

/** A network from noise z [B, noise] to samples [B, ...shape], run with weights that may be averaged. */
export interface Generator<W extends Tree = Tree> {
  readonly weights: W;
  run(weights: W, z: Tensor, pass?: Pass): Tensor;
}

/** A network that scores points [B, ...shape]: [B, 1]. */
export interface Critic {
  readonly weights: Tree;
  score(x: Tensor, pass?: Pass): Tensor;
}

/** What a network is told besides its input. */
export interface Pass {
  /** Classes [B], u32, where the model is conditioned on them. */
  classes?: Tensor;
  /** Whether this is a step of training, in which statistics are taken and followed. */
  training?: boolean;
}

/** What one paper brings to the game. */
export interface Game<W extends Tree> {
  generator: Generator<W>;
  critic: Critic;
  /** β₁ and β₂ of Adam. */
  betas: readonly [number, number];
  /** The critic's loss on data and on samples, both [B, ...shape]; what else it returns is shown. */
  criticLoss(real: Tensor, fake: Tensor, classes?: Tensor): Losses;
  /** The generator's loss for its samples. */
  generatorLoss(fake: Tensor, classes?: Tensor): Tensor;
  /** Keeps the critic's weights within −bound..bound. */
  bound?: number;
  /** What is done after each update of the critic. */
  afterCritic?(): void;
  /** Variables that no optimiser updates. */
  state?: Tree;
  /** Classes of n samples, for a model that is conditioned on them. */
  classesOf?(n: number): Tensor;
}

/** A loss to minimise, and others to show. */
export type Losses = { loss: Tensor } & Record<string, Tensor>;

/** A generator and its critic. */
export interface Gan extends Model {
  /** Dimensions of z. */
  readonly noise: number;
  /** Whether samples are of each class in turn. */
  readonly conditional: boolean;
  /** z [B, noise] → samples [B, ...shape], by the generator as trained or its running average. */
  generate(z: Tensor, weights?: 'trained' | 'averaged'): Tensor;
  /** The critic's score of points [B, ...shape]: [B, 1]. */
  score(x: Tensor): Tensor;
  /** The critic's loss on data and on samples, both [B, ...shape]. Inside a step. */
  criticLoss(real: Tensor, fake: Tensor): Losses;
  /** The generator's loss for samples [B, ...shape]. Inside a step. */
  generatorLoss(fake: Tensor): Tensor;
}

/**
 * Algorithm 1 of Goodfellow et al. 2014, arXiv 1406.2661, with Adam: a step updates the critic `critics`
 * times, each on fresh data and samples, then the generator once, then the average of the
 * generator's weights. The learning rate falls to zero in the second half.
 */
export function adversarial<W extends Tree>(config: GameConfig, shape: Shape, game: Game<W>): Gan {
  const { noise, critics, batch } = config;
  const { generator, critic } = game;
  const averaged = ema(generator.weights, config.average);
  const options = { beta1: game.betas[0], beta2: game.betas[1] };
  const optimisers = {
    generator: adam(generator.weights, options),
    critic: adam(critic.weights, options),
  };

  const samples = (classes?: Tensor) =>
    generator.run(generator.weights, normal([batch, noise]), { classes, training: true });

  const updateCritic = (x: Tensor, classes: Tensor | undefined, lr: number) => {
    const fake = stopGradient(samples(classes));
    const { loss, ...shown } = game.criticLoss(x, fake, classes);
    optimisers.critic.update(grad(loss, optimisers.critic.variables), { lr, bound: game.bound });
    game.afterCritic?.();
    return { critic: loss, ...shown };
  };

  const score = (x: Tensor) => critic.score(x);
  const generate: Gan['generate'] = (z, weights = 'averaged') => {
    const used = weights === 'trained' ? generator.weights : averaged.tree;
    return generator.run(used, z, { classes: game.classesOf?.(z.shape[0]) });
  };
  const sampler = (n: number) => onePass(() => generate(normal([n, noise])));
  return {
    variables: {
      generator: generator.weights,
      critic: critic.weights,
      averaged: averaged.flat,
      ...(game.state && { state: game.state }),
    },
    optimisers,
    rows: critics * batch,
    noise,
    conditional: game.classesOf !== undefined,
    score,
    criticLoss: (real, fake) => game.criticLoss(real, fake),
    generatorLoss: (fake) => game.generatorLoss(fake),
    generate,

    step(x, i, classes = null) {
      const lr = config.lr * schedules.linearTail(i, config.steps);
      const asked = game.classesOf && classes ? split(classes, critics) : [];
      const shown = split(x, critics).map((part, k) => updateCritic(part, asked[k], lr));
      const ofFakes = asked[critics - 1];
      const loss = game.generatorLoss(samples(ofFakes), ofFakes);
      optimisers.generator.update(grad(loss, optimisers.generator.variables), { lr });
      averaged.update();
      return { ...shown[critics - 1], generator: loss };
    },

    ...(shape.length === 1 && sizeOf(shape) === 2 && { views: pointViews(score, sampler) }),
    sampler,
  };
}
