import { randomStream } from '../data/random.ts';
import { samplePoints, type Toy } from '../data/toys.ts';

/** Points for each noise, by which most of a mixture's modes are counted often. */
const POINTS = 400;

/**
 * The least mean of ‖ε − n(x + r ε)‖² that any network n can have on a toy with noise ε ~ N(0, I) of the
 * deviations `ratios`, each as likely: that of n(x̃) = −r ∇log p_r(x̃), the exact score of the noisy data
 * (Vincent 2011). For toys with a score. By 400 points for each.
 */
export function leastError(toy: Toy, ratios: readonly number[]): number {
  const errors = ratios.map((ratio, i) => {
    const { noise, score } = noisyScore(toy, ratio, i);
    return noise.reduce((sum, e, k) => sum + (e + ratio * score[k]) ** 2, 0) / POINTS;
  });
  return errors.reduce((a, b) => a + b, 0) / errors.length;
}

/** The mean of ‖∇log p‖² of a toy with noise of a deviation in it, by 6400 points. */
export function scoreSize(toy: Toy, ratio: number): number {
  const sizes = Array.from({ length: 16 }, (_, i) =>
    noisyScore(toy, ratio, i).score.reduce((sum, s) => sum + s * s, 0),
  );
  return sizes.reduce((a, b) => a + b, 0) / (16 * POINTS);
}

/** Noise, and the score of points with it. */
function noisyScore(toy: Toy, ratio: number, stream: number) {
  const random = randomStream(7, stream);
  const noise = Float64Array.from({ length: 2 * POINTS }, random.normal);
  const noisy = samplePoints(toy.name, POINTS, random).map((x, i) => x + ratio * noise[i]);
  return { noise, score: toy.score?.(noisy, ratio) as Float64Array };
}
