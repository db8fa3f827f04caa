import { randomStream } from '../data/random.ts';
import { type Points, samplePoints, type ToyName, toys } from '../data/toys.ts';
import { energyDistance, mmd2 } from './distance.ts';
import { spreadOf } from './modes.ts';

/** How points spread over the modes of a mixture. */
export interface ModeStats {
  /** Share of points within 3σ of a mode centre. */
  hq: number;
  /** Modes that got at least 20 % of their fair share of points within 3σ. */
  modes: number;
  /** KL divergence of the shares of the modes from equal shares, nats. */
  modeKl: number;
}

/** How points compare with fresh ones of a toy. */
export interface ToyStats extends Partial<ModeStats> {
  /** Points that were finite and counted. */
  n: number;
  energyDistance: number;
  mmd2: number;
  /** Share of points where the density is not zero; for the checkerboard. */
  onSupport?: number;
}

/** Sample metrics of points against 4000 (or `n`) fresh points of a toy. */
export function toyStats(name: ToyName, points: Points, n = 4000): ToyStats {
  const x = finite(points).subarray(0, 2 * n);
  const y = samplePoints(name, n, randomStream(12345, 0));
  return {
    n: x.length / 2,
    energyDistance: energyDistance(x, y),
    mmd2: mmd2(x, y),
    ...(toys[name].modes && modeStats(name, x)),
    ...(name === 'checkerboard' && { onSupport: supportShare(name, x) }),
  };
}

/** How points spread over the modes of a mixture. Throws for a toy without modes. */
export function modeStats(name: ToyName, points: Points): ModeStats {
  const hits = modeHits(name, points);
  const n = points.length / 2;
  const { covered, reverseKl } = spreadOf(hits, n);
  return {
    hq: hits.reduce((a, b) => a + b, 0) / n,
    modes: covered,
    modeKl: reverseKl,
  };
}

/** How many points lie within 3σ of each mode of a mixture. Throws for a toy without modes. */
export function modeHits(name: ToyName, points: Points): Float64Array {
  const modes = toys[name]?.modes; // own data have none
  if (!modes) throw new Error(`modeHits: expected a toy with modes, got ${name}. Use onSupport.`);
  const { centres, sigma } = modes;
  const hits = new Float64Array(centres.length / 2);
  for (let i = 0; i < points.length; i += 2) {
    const [mode, distance] = nearest(centres, points[i], points[i + 1]);
    if (distance < 3 * sigma) hits[mode]++;
  }
  return hits;
}

/**
 * KL divergence of the data from a model, nats: mean over points of the toy of its exact log
 * density less the model's. `modelLogDensity[i]` belongs to point i.
 */
export function klFromExact(name: ToyName, points: Points, modelLogDensity: Points): number {
  const exact = toys[name].logDensity(points);
  return exact.reduce((sum, l, i) => sum + l - modelLogDensity[i], 0) / exact.length;
}

function supportShare(name: ToyName, points: Points): number {
  const inside = toys[name].logDensity(points).filter((l) => l > -Infinity);
  return inside.length / (points.length / 2);
}

function nearest(centres: Float64Array, x: number, y: number): [number, number] {
  let mode = 0;
  let best = Infinity;
  for (let k = 0; k < centres.length / 2; k++) {
    const distance = Math.hypot(x - centres[2 * k], y - centres[2 * k + 1]);
    if (distance < best) {
      best = distance;
      mode = k;
    }
  }
  return [mode, best];
}

/** The points whose coordinates are finite numbers. */
function finite(points: Points): Float64Array {
  const kept: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    if (Number.isFinite(x) && Number.isFinite(y)) kept.push(x, y);
  }
  return Float64Array.from(kept);
}
