import { expect, test } from 'vitest';
import { randomStream } from '../models/data/random.ts';
import { samplePoints, type Toy, type ToyName, toys } from '../models/data/toys.ts';

type Score = NonNullable<Toy['score']>;
const mixtures: ToyName[] = ['eight_gaussians', 'grid25', 'two_moons'];

test.each(mixtures)('the score of %s is the slope of its log density', (name) => {
  const { logDensity, score } = toys[name];
  const random = randomStream(3, 0);
  const points = samplePoints(name, 50, random).map((v) => v + 0.1 * random.normal());
  const found = (score as Score)(points, 0);
  const h = 1e-5;
  points.forEach((_, i) => {
    const moved = (by: number) => points.map((v, j) => (j === i ? v + by : v));
    const row = i >> 1;
    const slope = (logDensity(moved(h))[row] - logDensity(moved(-h))[row]) / (2 * h);
    expect(Math.abs(found[i] - slope)).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
  });
});

test.each([0.1, 0.5, 2])(
  'with noise %f it is that of the density smoothed by quadrature',
  (noise) => {
    const { logDensity, score } = toys.eight_gaussians;
    // log ∫ p(y − noise · e) N(e) de by the midpoint rule.
    const side = 160;
    const at = (i: number) => ((i + 0.5) / side) * 14 - 7;
    const smooth = (x: number, y: number) => {
      const places = Float64Array.from({ length: 2 * side * side }, (_, i) =>
        i % 2 ? y - noise * at(Math.floor(i / 2 / side)) : x - noise * at((i >> 1) % side),
      );
      const density = logDensity(places).map(Math.exp);
      return density.reduce((sum, p, i) => {
        const [a, b] = [at(i % side), at(Math.floor(i / side))];
        return sum + p * Math.exp(-(a * a + b * b) / 2);
      }, 0);
    };
    const [x, y, h] = [0.8, 1.1, 1e-4];
    const [sx, sy] = (score as Score)(Float64Array.of(x, y), noise);
    const slope = (a: number, b: number) =>
      (Math.log(smooth(x + a, y + b)) - Math.log(smooth(x - a, y - b))) / (2 * h);
    expect(sx).toBeCloseTo(slope(h, 0), 4);
    expect(sy).toBeCloseTo(slope(0, h), 4);
  },
);
