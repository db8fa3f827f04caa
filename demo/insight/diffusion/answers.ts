import {
  currentGpu,
  equal,
  mean,
  type Shape,
  sizeOf,
  square,
  sub,
  type Tensor,
  tensor,
  variable,
  where,
} from '../../../engine/index.ts';
import { floats } from '../../../models/chunks.ts';
import { examplesOf } from '../../../models/data/examples.ts';
import { randomStream } from '../../../models/data/random.ts';
import type { Source } from '../../../models/data/source.ts';
import { samplePoints, type ToyName } from '../../../models/data/toys.ts';
import { constantsAt } from '../../../models/diffusion/constants.ts';
import { ddim, subsequence } from '../../../models/diffusion/ddim.ts';
import type { Diffusion } from '../../../models/diffusion/ddpm.ts';
import type { LatentDiffusion } from '../../../models/diffusion/latent_diffusion.ts';
import { diffused } from '../../../models/diffusion/prediction.ts';
import { gaussianOf } from '../../../models/metrics/frechet.ts';
import { frechet } from '../../../models/metrics/gaussian.ts';
import { shrink } from '../../../models/metrics/shrink.ts';
import { toyStats } from '../../../models/metrics/toys.ts';
import { drawOnce } from '../../../models/sampler.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import { completionAnswers } from '../completion-answers.ts';
import type { Quality } from '../quality.ts';
import type { ChainFacts, Forward, Frame, Reverse } from './questions.ts';

/** Examples that are shown. */
const SHOWN = { points: 400, images: 8 };
/** Levels of noise that are shown. */
const LEVELS = 20;
/** Examples that are compared with as many samples, and numbers of an image that covariances are of. */
const COMPARED = { points: 2000, images: 500, numbers: 64 };

/** A diffusion model of examples, or of what an autoencoder makes of them. */
interface Space {
  diffusion: Diffusion;
  /** Of what the chain runs on. */
  shape: Shape;
  into(x: Tensor): Tensor;
  outOf(x: Tensor): Tensor;
}

function spaceOf({ model, source }: Training): Space {
  if (!('prior' in model)) {
    const same = (x: Tensor) => x;
    return { diffusion: model as Diffusion, shape: source.shape, into: same, outOf: same };
  }
  const { prior, autoencoder } = model as LatentDiffusion;
  return {
    diffusion: prior,
    shape: [autoencoder.latent],
    into: (x) => autoencoder.embed(x),
    outOf: (z) => autoencoder.decode(z),
  };
}

/** What the view of the diffusion models asks. */
export function diffusionAnswers(training: Training): Answers {
  const { source, model } = training;
  const space = spaceOf(training);
  const { schedule, classes } = space.diffusion;
  const n = source.form.kind === 'points' ? SHOWN.points : SHOWN.images;
  const noiseOf = (seed: number) => {
    const { normal } = randomStream(seed, 5);
    return Float32Array.from({ length: n * sizeOf(space.shape) }, normal);
  };
  const noised = forwardStep(space);
  return {
    facts: async (): Promise<ChainFacts> => ({ steps: schedule.steps, classes }),

    async forward({ seed }: Forward, signal): Promise<Frame[]> {
      const examples = await shownOf(source, n);
      const noise = noiseOf(seed);
      const frames: Frame[] = [];
      for (const t of subsequence(schedule.steps, Math.min(LEVELS, schedule.steps))) {
        signal.throwIfAborted();
        const { x, x0, error } = noised(
          tensor(examples, [n, ...source.shape]),
          tensor(noise, [n, ...space.shape]),
          t,
        );
        frames.push({ ...(await frameOf(space, t, x, x0)), error: await error.item() });
      }
      return frames;
    },

    async reverse(question: Reverse, signal, tell): Promise<null> {
      const chain = reverseStep(space, n, question, noiseOf(question.seed));
      try {
        for (let i = 0; i < question.passes; i++) {
          signal.throwIfAborted();
          const { t, x, x0, next } = chain.pass(i);
          tell(await frameOf(space, t, x, x0));
          if (i === question.passes - 1) tell(await frameOf(space, -1, next, next));
        }
      } finally {
        chain.dispose();
      }
      return null;
    },

    async quality(passes: number[], signal, tell): Promise<null> {
      const { count, measure } = await measureOf(source);
      for (const each of passes) {
        const started = performance.now();
        const drawing = { sampler: 'ddim', eta: 0, passes: each } as const;
        const sampler = (model as Diffusion).sampler(count, drawing);
        const drawn = (await drawOnce(sampler, { signal })) as Float32Array<ArrayBuffer>;
        const seconds = (performance.now() - started) / 1000;
        tell({ passes: each, seconds, metrics: await measure(drawn) } satisfies Quality);
      }
      return null;
    },

    ...completionAnswers(training),
  };
}

/** Examples [n, ...] on the host: of a toy the same at every time, else the first test images. */
const shownOf = async (source: Source, n: number): Promise<Float32Array<ArrayBuffer>> =>
  source.form.kind === 'points'
    ? Float32Array.from(samplePoints(source.name as ToyName, n, randomStream(1, 0)))
    : examplesOf(source, n, 'test');

async function frameOf({ diffusion }: Space, t: number, x: Tensor, x0: Tensor): Promise<Frame> {
  const [noisy, guess] = await Promise.all([floats(x), floats(x0)]);
  const signal = t < 0 ? 1 : diffusion.schedule.alphaBar[t];
  return { t, signal, x: noisy, x0: guess, error: Number.NaN };
}

/** x_t of examples and noise, and what the model makes of it. */
function forwardStep({ diffusion, into, outOf }: Space) {
  const { schedule, units } = diffusion;
  return currentGpu().step((x: Tensor, noise: Tensor, t: number) => {
    const xt = diffused(units.into(into(x)), noise, constantsAt(schedule, t));
    const free = diffusion.denoise({ clip: 0 })(xt, t);
    return {
      x: outOf(units.outOf(xt)),
      x0: outOf(units.outOf(diffusion.denoise()(xt, t).x0)),
      error: mean(square(sub(free.epsilon, noise))),
    };
  });
}

/** DDIM from given noise, pass by pass: x_t, what the model takes it for, and where it goes. */
function reverseStep(
  { diffusion, shape, outOf }: Space,
  n: number,
  { passes, eta, guidance, label }: Reverse,
  noise: Float32Array<ArrayBuffer>,
) {
  const { schedule, units, classes: K } = diffusion;
  const classes = K
    ? Uint32Array.from({ length: n }, (_, i) => (label < 0 ? i % K : Math.min(label, K - 1)))
    : null;
  const denoise = diffusion.denoise({ guidance, classes });
  const times = subsequence(schedule.steps, passes);
  const start = variable(noise, [n, ...shape], { name: 'noise' });
  const state = variable(null, [n, ...shape], { name: 'x_t' });
  const step = currentGpu().step((i: number) => {
    let guess = start as unknown as Tensor;
    const { move } = ddim(
      (x, t) => {
        const said = denoise(x, t);
        guess = said.x0;
        return said;
      },
      schedule,
      { times, eta },
    );
    const x = where(equal(i, 0), start, state);
    const next = move(x, i);
    state.assign(next);
    const shown = (of: Tensor) => outOf(units.outOf(of));
    return { x: shown(x), x0: shown(guess), next: shown(next) };
  });
  return {
    pass: (i: number) => ({ ...step(i), t: times[times.length - 1 - i] }),
    dispose() {
      for (const held of [step, start, state]) held.dispose();
    },
  };
}

/** What measures samples: the energy distance of points, the Fréchet distance of the pixels of images. */
async function measureOf(source: Source) {
  if (source.form.kind === 'points') {
    const name = source.name as ToyName;
    return {
      count: COMPARED.points,
      async measure(points: Float32Array<ArrayBuffer>) {
        const { energyDistance, hq, onSupport } = toyStats(name, points, COMPARED.points);
        const good = hq ?? onSupport;
        return { energyDistance, ...(good !== undefined && { goodPoints: good }) };
      },
    };
  }
  const count = Math.min(source.count as number, COMPARED.images);
  const small = (images: Float32Array<ArrayBuffer>) =>
    shrink(images, source.shape, COMPARED.numbers);
  const real = small(await examplesOf(source, count, 'train'));
  const gaussian = await gaussianOf(real, real.length / count);
  return {
    count,
    measure: async (images: Float32Array<ArrayBuffer>) => ({
      frechetDistance: frechet(gaussian, await gaussianOf(small(images), real.length / count)),
    }),
  };
}
