import { build, type Nd } from './array.ts';

interface Points {
  rows: Nd;
  squares: Nd;
}
interface Balls extends Points {
  radii: Nd;
}

/** |x|² + |y|² − 2 x·y of a row of each, at least 0, and |x|² + |y|². */
function apart(x: Points, i: number, y: Points, j: number): [squared: number, lengths: number] {
  const d = x.rows.shape[1];
  const lengths = x.squares.data[i] + y.squares.data[j];
  let product = 0;
  for (let l = 0; l < d; l++) product += x.rows.data[i * d + l] * y.rows.data[j * d + l];
  return [Math.max(0, lengths - 2 * product), lengths];
}

export const BLOCK = 16;

export const blockDistances = (x: Points, y: Points): Nd => {
  const [m, n] = [x.rows.shape[0], y.rows.shape[0]];
  return build([Math.ceil(n / BLOCK), m], ([block, i]) => {
    const rows = Array.from({ length: BLOCK }, (_, r) => block * BLOCK + r).filter((j) => j < n);
    return Math.min(...rows.map((j) => apart(x, i, y, j)[0]));
  });
};

export const ballCounts = (x: Balls, y: Balls, slack = 0) => {
  const [m, n] = [x.rows.shape[0], y.rows.shape[0]];
  const within = (i: number, j: number, radius: number) => {
    const [squared, lengths] = apart(x, i, y, j);
    return squared + slack * lengths < radius;
  };
  const count = (most: number, of: (other: number) => boolean) =>
    Array.from({ length: most }, (_, other) => of(other)).filter(Boolean).length;
  return {
    members: build([m], ([i]) => count(n, (j) => within(i, j, x.radii.data[i]))),
    holders: build([m], ([i]) => count(n, (j) => within(i, j, y.radii.data[j]))),
    holding: build([n], ([j]) => count(m, (i) => within(i, j, x.radii.data[i]))),
  };
};
