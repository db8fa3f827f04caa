import { currentGpu, normal, type Tensor, tensor } from '../../../engine/index.ts';
import { floats } from '../../../models/chunks.ts';
import { randomStream } from '../../../models/data/random.ts';
import type { Source } from '../../../models/data/source.ts';
import { samplePoints, type ToyName, toys } from '../../../models/data/toys.ts';
import { ula } from '../../../models/energy/langevin.ts';
import { planePoints } from '../../../models/plane.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import type { Walked } from '../walk.ts';
import { denoisedAnswer } from './denoised.ts';
import { type Levels, levelsOf } from './levels.ts';
import type { AskField, AskWalkers, ScoreField } from './questions.ts';
import { waysAnswer } from './ways.ts';

/** Arrows and cells of the error each way, and data with noise. */
const [ARROWS, CELLS, NOISY] = [19, 40, 600];
/** Moves of an answer, and their step size over the variance of the noise. */
const [MOVES, RATE] = [4, 0.2];

/** What the view of the score-based models asks. */
export function scoreAnswers(training: Training): Answers {
  const levels = levelsOf(training);
  const { source } = training;
  if (source.form.kind === 'images') return { denoised: denoisedAnswer(training, levels) };
  return {
    field: fieldAnswer(levels, source, source.form.kind === 'points' ? source.form.extent : 1),
    walk: walkAnswer(levels),
    ways: waysAnswer(training, levels),
  };
}

function fieldAnswer(levels: Levels, { name }: Source, extent: number) {
  const toy = toys[name as ToyName];
  const { normal } = randomStream(0, 4);
  const clean = samplePoints(toy.name, NOISY, randomStream(0, 5));
  const noise = clean.map(normal);
  const step = currentGpu().step((x: Tensor, place: number) => levels.score(x, place));
  const places = [planePoints(extent, ARROWS), planePoints(extent, CELLS)];
  return async ({ place }: AskField): Promise<ScoreField> => {
    const { scale, std } = await levels.at(place);
    const noisy = Float32Array.from(clean, (x, i) => scale * x + std * noise[i]);
    const all = Float32Array.from([...places[0], ...places[1], ...noisy]);
    const learned = await floats(step(tensor(all, [all.length / 2, 2]), place));
    // Of scale · data + std · ε the score is that of data + (std / scale) ε, over scale.
    const exact = toy
      .score?.(
        all.map((v) => v / scale),
        std / scale,
      )
      .map((s) => s / scale);
    const [first, second] = [places[0].length, places[0].length + places[1].length];
    const errors =
      exact &&
      Float32Array.from({ length: all.length / 2 }, (_, i) => {
        const [a, b] = [2 * i, 2 * i + 1];
        return std * Math.hypot(learned[a] - exact[a], learned[b] - exact[b]);
      });
    return {
      scale,
      std,
      noisy,
      at: places[0],
      learned: learned.slice(0, first),
      exact: exact ? Float32Array.from(exact.subarray(0, first)) : null,
      error: errors?.slice(first / 2, second / 2) ?? null,
      meanError: errors
        ? errors.subarray(second / 2).reduce((sum, e) => sum + e * e, 0) / NOISY
        : null,
    };
  };
}

/** Walkers begin as noise of the level. */
function walkAnswer(levels: Levels) {
  const gpu = currentGpu();
  const begin = gpu.step((count: number) => normal([count, 2]));
  const walk = gpu.step((from: Tensor, place: number, eps: number) => {
    let x = from;
    for (let k = 0; k < MOVES; k++) x = ula((at) => levels.score(at, place), x, eps);
    return x;
  });
  return async ({ x, place, count }: AskWalkers): Promise<Walked> => {
    const { scale, std } = await levels.at(place);
    if (!x) {
      const spread = Math.hypot(1.4 * scale, std); // that of data and noise, about
      return { x: (await floats(begin(count))).map((v) => v * spread) };
    }
    const from = tensor(Float32Array.from(x), [x.length / 2, 2]);
    return { x: await floats(walk(from, place, RATE * std * std)) };
  };
}
