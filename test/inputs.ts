import { at, build, count, type Nd, nd } from './reference.ts';

/** A small repeatable generator of uniform numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z = (z + Math.imul(z ^ (z >>> 7), z | 61)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

let uses = 0;

/** Inputs are drawn as in a fresh page: each test file gets its own, whatever ran before it. */
export const restart = (): void => {
  uses = 0;
};

/** Numbers of f32, so that engine and reference start from the same ones. Each use differs. */
function fill(shape: readonly number[], f: (random: () => number, i: number) => number): Nd {
  const random = seeded(1000 + uses++);
  let i = 0;
  return build(shape, () => Math.fround(f(random, i++)));
}

const gauss = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Standard normal numbers, scaled. */
export const normal = (shape: readonly number[], scale = 1): Nd =>
  fill(shape, (random) => gauss(random) * scale);

/** Uniform numbers between low and high. */
export const uniform = (shape: readonly number[], low = 0, high = 1): Nd =>
  fill(shape, (random) => low + (high - low) * random());

/** A shuffled ladder with even rungs, none of them 0: no two are closer than `gap`. */
export function distinct(shape: readonly number[], gap = 0.25): Nd {
  const n = count(shape);
  const random = seeded(77 + uses++);
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return build(shape, () => Math.fround((order.pop()! - n / 2 + 0.37) * gap));
}

/** Normal numbers pushed away from a kink, so that finite differences do not straddle it. */
export const away = (shape: readonly number[], kink = 0, gap = 0.1): Nd =>
  fill(shape, (random) => {
    const v = gauss(random);
    return kink + v + Math.sign(v) * gap;
  });

/** Normal numbers of which every seventh is an outlier of the given size. */
export const spiky = (shape: readonly number[], size = 30): Nd =>
  fill(shape, (random, i) => gauss(random) + (i % 7 === 3 ? size * (i % 2 ? 1 : -1) : 0));

/** Matrices with heavy entries where `(row + turn) mod n` is the column, and noise elsewhere. */
const heavy = (batch: readonly number[], n: number, turn: number): Nd => {
  const noise = normal([...batch, n, n], 0.4);
  return build(noise.shape, (index) => {
    const [i, j] = index.slice(-2);
    return Math.fround(at(noise, index) + ((i + turn) % n === j ? 2 + 0.3 * i : 0));
  });
};

/** Well conditioned matrices whose elimination fails without pivoting. */
export const conditioned = (batch: readonly number[], n: number): Nd => heavy(batch, n, 1);

/** Matrices with a heavy diagonal: both triangles are well conditioned. */
export const dominant = (batch: readonly number[], n: number): Nd => heavy(batch, n, 0);

/** Indices below n. */
export const indices = (shape: readonly number[], n: number): Nd => {
  const random = seeded(500 + uses++);
  return build(shape, () => Math.floor(random() * n), 'u32');
};

/** Given numbers of type f32. */
export const list = (...values: number[]): Nd => nd([values.length], values.map(Math.fround));
