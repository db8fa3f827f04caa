import {
  adam,
  add,
  broadcastTo,
  cast,
  ema,
  floor,
  grad,
  mean,
  mul,
  normal,
  schedules as rates,
  type Shape,
  sizeOf,
  split,
  square,
  stopGradient,
  sub,
  type Tensor,
  tensor,
  uniform,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import type { TimeNetwork } from '../backbones/network.ts';
import type { Model } from '../model.ts';
import type { Sampler } from '../sampler.ts';
import { ancestral } from './ancestral.ts';
import { boundTerm, priorTerm } from './bound.ts';
import { type Constants, constantsAt, constantsOf, timesOf } from './constants.ts';
import { ddim, subsequence } from './ddim.ts';
import { dropped, guided } from './guidance.ts';
import { HYBRID, learnedLogVariance } from './improved_ddpm.ts';
import { clipped, denoised, diffused, type Prediction, target } from './prediction.ts';
import { inpainted } from './repaint.ts';
import { type Denoise, draws } from './reverse.ts';
import { type Schedule, schedules } from './schedule.ts';
import type { Units } from './units.ts';
import { diffusionViews } from './views.ts';

/**
 * Denoising diffusion probabilistic models. J. Ho, A. Jain and P. Abbeel, 2020, arXiv 2006.11239.
 *
 *   q(x_t | x_0) = N(√ᾱ_t x_0, (1 − ᾱ_t) I)                                               eq. (4)
 *   p_θ(x_(t−1) | x_t) = N(μ̃_t(x_t, x̂_0), σ_t² I),  x̂_0 = (x_t − √(1 − ᾱ_t) ε_θ) / √ᾱ_t   eqs. (1), (7)
 *   L_simple = E ‖ε − ε_θ(√ᾱ_t x_0 + √(1 − ᾱ_t) ε, t)‖²                                    eq. (14)
 *   L_vlb = L_T + Σ L_t + L_0                                               eq. (5), in bound.ts
 *
 * t is uniform in training. Instead of ε the network may predict x_0 or v (prediction.ts); σ² is β̃, β or
 * learned (improved_ddpm.ts); `hybrid` trains on L_simple and, for the variance, L_vlb. Samples are those
 * of a running average of the network.
 */
export interface Diffusion extends Model {
  readonly schedule: Schedule;
  /** Classes that the network is told; 0 where it is told none. */
  readonly classes: number;
  /** Between data and what the network sees. */
  readonly units: Units;
  /** What is made of x_t, with options other than the model's own. In a step. */
  denoise(options?: Denoising): Denoise;
  /** L_t of data x [B, ...] for one draw of x_t, t = 0 ... T − 1, nats: [B]. */
  boundTerm(x: Tensor, t: number): Tensor;
  /** L_T of data x [B, ...], nats: [B]. */
  priorTerm(x: Tensor): Tensor;
  /** What the network makes of data x [B, ...] with the noise of step t inside: [B, F]. In a step. */
  features(x: Tensor, t: number): Tensor;
  /** What is to be added to the bound of an example for the units of the data, nats. */
  readonly unitsNats: number;
  sampler(n: number, options?: Sampling): Sampler;
}

/** How a diffusion model is trained and drawn from. */
export interface DiffusionConfig extends Required<Omit<Sampling, 'classes' | 'sampler'>> {
  /** T. */
  readonly timesteps: number;
  readonly schedule: 'cosine' | 'linear';
  readonly predict: Prediction;
  readonly variance: 'small' | 'large' | 'learned';
  readonly loss: 'simple' | 'hybrid' | 'bound';
  /** Decay of the running average. */
  readonly average: number;
  /** Part of the training examples whose class is kept from the network. */
  readonly drop: number;
  readonly steps: number;
  readonly batch: number;
  readonly lr: number;
  /** Updates until the learning rate is full. */
  readonly warm: number;
  /** The largest norm of a gradient, 0 for any. */
  readonly norm: number;
  readonly sampler: 'ancestral' | 'ddim';
}

/** How x_0 is taken from what the network says. */
export interface Denoising {
  /** Bound of |x̂_0| in the network's units, 0 for none. */
  readonly clip?: number;
  /** Weight of guidance towards the class, 0 for none. */
  readonly guidance?: number;
  /** The classes [n] of examples, whole numbers; none unless given. */
  readonly classes?: Uint32Array<ArrayBuffer> | null;
}

/** How samples are drawn, other than as the model is set. */
export interface Sampling extends Denoising {
  readonly sampler?: 'ancestral' | 'ddim';
  /** Steps of T that DDIM goes through. */
  readonly passes?: number;
  /** DDIM's η. */
  readonly eta?: number;
  /** The class of all samples; −1 for all classes in turn. */
  readonly label?: number;
}

/**
 * A diffusion model of data of a shape, with a network that takes them and gives as many numbers or,
 * where the variance is learned, twice as many in the last axis.
 */
export function diffusion<W extends Tree>(
  config: DiffusionConfig,
  network: TimeNetwork<W>,
  shape: Shape,
  units: Units,
): Diffusion {
  const schedule = schedules[config.schedule](config.timesteps);
  const { weights, classes: K } = network;
  const averaged = ema(weights, config.average);
  const optimiser = adam(weights);
  const rowsAt = constantsOf(schedule);
  const rank = shape.length + 1;

  /** What the output says: the prediction, and the log variance of x_(t−1). */
  const read = (out: Tensor, at: Constants) => {
    if (config.variance !== 'learned') {
      return { said: out, logVariance: config.variance === 'small' ? at.logSmall : at.logLarge };
    }
    const [said, v] = split(out, 2, rank - 1);
    return { said, logVariance: learnedLogVariance(v, at) };
  };

  const boundOf = (x0: Tensor, x: Tensor, out: Tensor, at: Constants, frozen = false) => {
    const { said, logVariance } = read(out, at);
    const guess = denoised(config.predict, x, frozen ? stopGradient(said) : said, at).x0;
    return boundTerm(x0, { x0: guess, logVariance }, at, units.bin);
  };

  const lossOf = (data: Tensor, given: Tensor | null): Losses => {
    const x0 = units.into(data);
    const batch = x0.shape[0];
    const t = cast(floor(mul(uniform([batch]), schedule.steps)), 'u32');
    const at = rowsAt(t, rank);
    const epsilon = normal(x0.shape);
    const x = diffused(x0, epsilon, at); // eq. (4)
    const told = given && K ? dropped(given, config.drop, K) : null;
    const out = network.run(weights, x, timesOf(at, batch), told);
    const { said } = read(out, at);
    const simple = mean(square(sub(said, target(config.predict, x0, epsilon, at)))); // eq. (14)
    if (config.loss === 'simple') return { loss: simple };
    const frozen = config.loss === 'hybrid';
    const scale = schedule.steps / sizeOf(shape) / Math.LN2; // one t stands for all
    const bound = mul(mean(boundOf(x0, x, out, at, frozen)), scale);
    return { loss: frozen ? add(simple, mul(bound, HYBRID)) : bound, simple, bound };
  };

  const denoise =
    ({ clip = config.clip, guidance = config.guidance, classes = null }: Denoising = {}): Denoise =>
    (x, t) => {
      const at = constantsAt(schedule, t);
      const time = broadcastTo(at.time, [x.shape[0]]);
      const out =
        K && classes
          ? guided(network, averaged.tree, [x, time, tensor(classes)], guidance)
          : network.run(averaged.tree, x, time, null);
      const { said, logVariance } = read(out, at);
      const free = denoised(config.predict, x, said, at);
      const { x0, epsilon } = clip ? clipped(free, x, at, clip) : free;
      return {
        x0,
        epsilon,
        logVariance: config.variance === 'learned' ? (logVariance as Tensor) : null,
      };
    };

  const model: Diffusion = {
    variables: { trained: weights, averaged: averaged.flat },
    optimisers: { optimiser },
    rows: config.batch,
    schedule,
    classes: K,
    units,
    unitsNats: units.logScale * sizeOf(shape),
    denoise,

    boundTerm(data, t) {
      const [x0, at] = [units.into(data), constantsAt(schedule, t)];
      const x = diffused(x0, normal(x0.shape), at);
      const out = network.run(averaged.tree, x, timesOf(at, x0.shape[0]), null);
      return boundOf(x0, x, out, at);
    },
    features(data, t) {
      const [x0, at] = [units.into(data), constantsAt(schedule, t)];
      const x = diffused(x0, normal(x0.shape), at);
      return network.features(averaged.tree, x, timesOf(at, x0.shape[0]));
    },
    priorTerm: (data) => priorTerm(units.into(data), schedule),

    step(x, i, classes = null) {
      const losses = lossOf(x, classes);
      const lr = config.lr * rates.warmUp(i, config.warm) * rates.linearTail(i, config.steps);
      const clip = config.norm > 0 ? { clip: config.norm } : {};
      optimiser.update(grad(losses.loss, optimiser.variables), { lr, ...clip });
      averaged.update();
      return losses;
    },

    sampler(n, options = {}) {
      const { sampler, passes, eta, label, ...how } = { ...config, ...options };
      const classes = K ? (options.classes ?? labels(n, K, label)) : null;
      const say = denoise({ ...how, classes });
      const chain =
        sampler === 'ancestral'
          ? ancestral(say, schedule, config.variance)
          : ddim(say, schedule, { times: subsequence(schedule.steps, passes), eta });
      return draws([n, ...shape], chain, units.outOf);
    },
  };
  if (shape.length !== 3) return model;
  return {
    ...model,
    views: diffusionViews(model, shape),
    complete: (images, known) => inpainted(model, shape, images, known),
  };
}

type Losses = Record<string, Tensor> & { loss: Tensor };

/** n times one class, or all K in turn for −1. */
const labels = (n: number, K: number, label: number): Uint32Array<ArrayBuffer> =>
  Uint32Array.from({ length: n }, (_, i) => (label < 0 ? i % K : Math.min(label, K - 1)));

// Beside the paper: the learning rate falls to zero in the second half; losses are means over the
// dimensions of an example, not sums.
