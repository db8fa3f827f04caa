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
  const random = randomStream(7, 0);
  let total = 0;
  for (const ratio of ratios) {
    const noise = Float64Array.from({ length: 2 * POINTS }, random.normal);
    const noisy = samplePoints(toy.name, POINTS, random).map((x, i) => x + ratio * noise[i]);
    const score = toy.score?.(noisy, ratio) as Float64Array;
    total += noise.reduce((sum, e, i) => sum + (e + ratio * score[i]) ** 2, 0) / POINTS;
  }
  return total / ratios.length;
}
