import { broadcastTo, currentGpu, type Tensor } from '../../../engine/index.ts';
import type { Ncsn } from '../../../models/score/ncsn.ts';
import type { ScoreMatching } from '../../../models/score/score_matching.ts';
import type { SdeModel } from '../../../models/score/sde.ts';
import type { Training } from '../../../run/begin.ts';

/** A score at levels of noise, by their places from 0, the most, to 1, the least. */
export interface Levels {
  /** At a place x is scale · data + std · ε. */
  at(place: number): Promise<{ scale: number; std: number }>;
  /** ∇log p of such x [B, ...]. In a step. */
  score(x: Tensor, place: number): Tensor;
}

/** The levels of a score-based model. */
export function levelsOf({ model, run }: Training): Levels {
  const settings = run.settings as Record<string, number>;
  if (run.model === 'score_matching') {
    const { score } = model as ScoreMatching;
    return { at: async () => ({ scale: 1, std: settings.sigma }), score };
  }
  if (run.model === 'ncsn') {
    const { most, least } = settings;
    const { score } = model as Ncsn;
    return {
      at: async (place) => ({ scale: 1, std: most * (least / most) ** place }),
      score: (x, place) => score(x, broadcastTo(place, [x.shape[0]])),
    };
  }
  const { sde, score, end } = model as SdeModel;
  const timeOf = (place: number) => 1 - place * (1 - end);
  const kernel = currentGpu().step((time: number) => sde.kernel(broadcastTo(time, [1])));
  return {
    async at(place) {
      const { scale, std } = kernel(timeOf(place));
      const [kept, noise] = await Promise.all([scale.data(), std.data()]);
      return { scale: kept[0], std: noise[0] };
    },
    score: (x, place) => score(x, broadcastTo(timeOf(place), [x.shape[0]])),
  };
}
