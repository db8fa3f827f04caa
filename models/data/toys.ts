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
  logDensity(points) {
    const unscaled = Float64Array.from(points, (v, i) => v / MOON_SCALE + (i % 2 ? 0.25 : 0.5));
    return perPoint(unscaled, moonDensity).map((v) => v - 2 * Math.log(MOON_SCALE));
  },
};
const moonDensity = gaussians(MOON_NOISE, 2 * ARC, (k) => {
  const t = (((k % ARC) + 0.5) / ARC) * Math.PI;
  return k < ARC ? [Math.cos(t), Math.sin(t)] : [1 - Math.cos(t), 0.5 - Math.sin(t)];
}).at;

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
  const { centres, at } = gaussians(sigma, count, place);
  return { name, entropy, logDensity: (p) => perPoint(p, at), modes: { centres, sigma } };
}

/** `count` round Gaussians of equal weight, and the log of their density at a point. */
function gaussians(sigma: number, count: number, place: Place) {
  const centres = Float64Array.from(Array.from({ length: count }, (_, k) => place(k)).flat());
  const constant = -Math.log(count) - Math.log(2 * Math.PI * sigma * sigma);
  const exponents = new Float64Array(count);
  const at = (x: number, y: number) => {
    let largest = -Infinity;
    for (let k = 0; k < count; k++) {
      const dx = x - centres[2 * k];
      const dy = y - centres[2 * k + 1];
      exponents[k] = -(dx * dx + dy * dy) / (2 * sigma * sigma);
      if (exponents[k] > largest) largest = exponents[k];
    }
    let sum = 0;
    for (let k = 0; k < count; k++) sum += Math.exp(exponents[k] - largest);
    return largest + Math.log(sum) + constant;
  };
  return { centres, at };
}

function perPoint(points: Points, value: (x: number, y: number) => number): Float64Array {
  return Float64Array.from({ length: points.length / 2 }, (_, i) =>
    value(points[2 * i], points[2 * i + 1]),
  );
}
