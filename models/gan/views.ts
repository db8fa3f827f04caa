import { currentGpu, type Tensor, tensor } from '../../engine/index.ts';
import { floats } from '../chunks.ts';
import type { Form } from '../data/form.ts';
import type { ToyName } from '../data/toys.ts';
import { modeHits } from '../metrics/toys.ts';
import type { Model, Picture } from '../model.ts';
import { planePoints } from '../plane.ts';
import { drawOnce } from '../sampler.ts';

/** Side of a picture, pixels. */
const SIDE = 128;
/** Samples that are counted by mode. */
const COUNTED = 4000;

const one: Form & { kind: 'images' } = { kind: 'images', height: SIDE, width: SIDE, channels: 1 };

/**
 * Pictures of a GAN of points: `field`, the critic's score over the plane from its lowest, black, to its
 * highest; `modes`, how many samples each mode of the data got, a bar each, the line being an equal share.
 */
export function pointViews(
  score: (x: Tensor) => Tensor,
  sampler: Model['sampler'],
): Record<'field' | 'modes', Picture> {
  return {
    async field({ form }) {
      const { extent } = form as Form & { kind: 'points' };
      const points = planePoints(extent, SIDE);
      const step = currentGpu().step(() => score(tensor(points, [SIDE * SIDE, 2])));
      const scores = await floats(step());
      step.dispose();
      const [low, high] = [Math.min, Math.max].map((most) => scores.reduce((a, b) => most(a, b)));
      return { images: scores.map((s) => (s - low) / (high - low || 1)), columns: 1, form: one };
    },
    async modes({ name }) {
      const samples = (await drawOnce(sampler(COUNTED))) as Float32Array;
      const hits = modeHits(name as ToyName, samples);
      return { images: bars(hits, COUNTED / hits.length), columns: 1, form: one };
    },
  };
}

/** Counts as bars from the left, as high as twice the fair share at most, with a line at that. */
function bars(counts: ArrayLike<number>, fair: number): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [row, column] = [Math.floor(i / SIDE), i % SIDE];
    const height = (SIDE - row - 0.5) / SIDE; // 0..1
    if (row === SIDE / 2) return 0.5;
    return 2 * height * fair < counts[Math.floor((column * counts.length) / SIDE)] ? 1 : 0;
  });
}
