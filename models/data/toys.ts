import type { Random } from './random.ts';

/** Points of the plane, [n, 2] row-major. */
export type Points = Float32Array | Float64Array;

/** A distribution of the plane with an exact density. */
export interface Toy {
  name: ToyName;
  /** log p(x) of each point, nats, float64. */
  logDensity(points: Points): Float64Array;
  /** Differential entropy, nats. */
  entropy: number;
  /**
   * ∇ of the log density of points with noise N(0, noise²) in them, [n, 2] row-major in float64; for
   * mixtures of Gaussians, whose noisy density is one as well.
   */
  score?(points: Points, noise: number): Float64Array;
  /** Centres and standard deviation, for mixtures of equal round Gaussians. */
  modes?: { centres: Float64Array; sigma: number };
}

/** The names of the toys. */
export type ToyName = 'eight_gaussians' | 'grid25' | 'two_moons' | 'checkerboard';

/** The half side of a box that holds practically all of every toy. */
export const TOY_EXTENT = 3;

/** Eight modes on a circle of radius 2, σ = 0.2. */
const eight = mixture('eight_gaussians', 1.6980612, 0.2, 8, (k) => [
  2 * Math.cos((k * Math.PI) / 4),
  2 * Math.sin((k * Math.PI) / 4),
]);

/** 5×5 modes at {-2..2}², σ = 0.05. */
const grid = mixture('grid25', 0.0652883, 0.05, 25, (k) => [Math.floor(k / 5) - 2, (k % 5) - 2]);

const ARC = 1000;
const MOON_NOISE = 0.1;
const MOON_SCALE = 1.5;

/**
 * Two half circles, (cos t, sin t) and (1 - cos t, 0.5 - sin t) with t uniform in [0, π], plus noise
 * N(0, 0.1²), moved by -(0.5, 0.25) and scaled by 1.5. The density is the mixture of 1000 noise
 * centres on each arc.
 */
const moons: Toy = {
  name: 'two_moons',
  entropy: 1.8185129,
  logDensity: (points) =>
    perPoint(unscaled(points), arcs.logDensity).map((v) => v - 2 * Math.log(MOON_SCALE)),
  score: (points, noise) =>
    arcs.score(unscaled(points), noise / MOON_SCALE).map((v) => v / MOON_SCALE),
};
const unscaled = (points: Points) =>
  Float64Array.from(points, (v, i) => v / MOON_SCALE + (i % 2 ? 0.25 : 0.5));
const arcs = gaussians(MOON_NOISE, 2 * ARC, (k) => {
  const t = (((k % ARC) + 0.5) / ARC) * Math.PI;
  return k < ARC ? [Math.cos(t), Math.sin(t)] : [1 - Math.cos(t), 0.5 - Math.sin(t)];
});

/** Uniform on the eight unit squares of [-2, 2]² where ⌊x⌋ + ⌊y⌋ is even. */
const checkerboard: Toy = {
  name: 'checkerboard',
  entropy: Math.log(8),
  logDensity: (points) =>
    perPoint(points, (x, y) => {
      const inside = Math.abs(x) < 2 && Math.abs(y) < 2;
      return inside && (Math.floor(x) + Math.floor(y)) % 2 === 0 ? -Math.log(8) : -Infinity;
    }),
};

/** The toys by name. */
export const toys: Record<ToyName, Toy> = {
  eight_gaussians: eight,
  grid25: grid,
  two_moons: moons,
  checkerboard,
};

/** n points of a toy, [n, 2] in float64, from a host stream: the same on every machine. */
export function samplePoints(name: ToyName, n: number, random: Random): Float64Array {
  const points = new Float64Array(2 * n);
  for (let i = 0; i < 2 * n; i += 2) {
    const [x, y] = samplePoint(toys[name], random);
    points[i] = x;
    points[i + 1] = y;
  }
  return points;
}

function samplePoint({ name, modes }: Toy, { uniform, normal }: Random): [number, number] {
  if (modes) {
    const mode = 2 * Math.floor((uniform() * modes.centres.length) / 2);
    return [
      modes.centres[mode] + modes.sigma * normal(),
      modes.centres[mode + 1] + modes.sigma * normal(),
    ];
  }
  if (name === 'two_moons') {
    const t = uniform() * Math.PI;
    const lower = uniform() < 0.5;
    const x = (lower ? 1 - Math.cos(t) : Math.cos(t)) + MOON_NOISE * normal();
    const y = (lower ? 0.5 - Math.sin(t) : Math.sin(t)) + MOON_NOISE * normal();
    return [(x - 0.5) * MOON_SCALE, (y - 0.25) * MOON_SCALE];
  }
  const square = Math.floor(uniform() * 8);
  const row = square >> 1;
  return [(square % 2) * 2 + (row % 2) - 2 + uniform(), row - 2 + uniform()];
}

type Place = (k: number) => [number, number];

function mixture(name: ToyName, entropy: number, sigma: number, count: number, place: Place): Toy {
  const { centres, logDensity, score } = gaussians(sigma, count, place);
  return {
    name,
    entropy,
    logDensity: (p) => perPoint(p, logDensity),
    score,
    modes: { centres, sigma },
  };
}

/** `count` round Gaussians of equal weight: the log of their density at a point, and its gradient. */
function gaussians(sigma: number, count: number, place: Place) {
  const centres = Float64Array.from(Array.from({ length: count }, (_, k) => place(k)).flat());
  const constant = -Math.log(count) - Math.log(2 * Math.PI * sigma * sigma);
  const weights = new Float64Array(count);
  /** How much of the density at a point is each Gaussian's, up to e to the largest exponent. */
  const weigh = (x: number, y: number, variance: number): { largest: number; sum: number } => {
    let largest = -Infinity;
    for (let k = 0; k < count; k++) {
      const dx = x - centres[2 * k];
      const dy = y - centres[2 * k + 1];
      weights[k] = -(dx * dx + dy * dy) / (2 * variance);
      if (weights[k] > largest) largest = weights[k];
    }
    let sum = 0;
    for (let k = 0; k < count; k++) {
      weights[k] = Math.exp(weights[k] - largest);
      sum += weights[k];
    }
    return { largest, sum };
  };
  const logDensity = (x: number, y: number) => {
    const { largest, sum } = weigh(x, y, sigma * sigma);
    return largest + Math.log(sum) + constant;
  };
  const score = (points: Points, noise: number) => {
    const variance = sigma * sigma + noise * noise;
    const found = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i], points[i + 1]];
      const { sum } = weigh(x, y, variance);
      for (let k = 0; k < count; k++) {
        const share = weights[k] / sum / variance;
        found[i] += share * (centres[2 * k] - x);
        found[i + 1] += share * (centres[2 * k + 1] - y);
      }
    }
    return found;
  };
  return { centres, logDensity, score };
}

function perPoint(points: Points, value: (x: number, y: number) => number): Float64Array {
  return Float64Array.from({ length: points.length / 2 }, (_, i) =>
    value(points[2 * i], points[2 * i + 1]),
  );
}
