import { seeded } from './inputs.ts';
import { build, type Nd } from './reference.ts';
import { expected, type Row } from './rows.ts';

/** Derivatives at one element of one input. */
export interface Probe {
  readonly input: number;
  readonly place: number;
  readonly first: number;
  readonly second: number;
}

/** Fixed weights in [-1, 1]: `part` tells the arrays of a row apart. */
export function weights(shape: readonly number[], part: number): Nd {
  const random = seeded(9001 + part);
  return build(shape, () => Math.fround(2 * random() - 1));
}

/** Which inputs are differentiated. */
export const differentiable = (row: Row): number[] =>
  row.inputs.flatMap((x, i) => (x.dtype === 'f32' ? [i] : []));

/**
 * The number that a row is differentiated through: sum of w · (f + f²/2) over its outputs. The
 * square makes the gradient depend on f, so that a linear op's own gradient is differentiated too.
 */
function score(row: Row, inputs: readonly Nd[]): number {
  let total = 0;
  expected(row, inputs).forEach((f, part) => {
    if (f.dtype !== 'f32') return;
    const w = weights(f.shape, part);
    f.data.forEach((v, i) => {
      total += w.data[i] * (v + (v * v) / 2);
    });
  });
  return total;
}

/** The inputs moved by `t` along the direction u, and by h at one element. */
function moved(row: Row, t: number, input = -1, place = -1, h = 0): Nd[] {
  return row.inputs.map((x, i) => {
    if (x.dtype !== 'f32') return x;
    const u = weights(x.shape, 100 + i);
    const shift = (k: number) => (i === input && k === place ? h : 0);
    return { ...x, data: x.data.map((v, k) => v + t * u.data[k] + shift(k)) };
  });
}

/** Central differences of the float64 reference, of first order and, along u, of second order. */
export function probe(row: Row): Probe[] {
  const random = seeded(31);
  const [h, k] = [1e-4, 1e-3];
  return differentiable(row).flatMap((input) => {
    const size = row.inputs[input].data.length;
    const all = size <= row.probes;
    const places = Array.from({ length: Math.min(size, row.probes) }, (_, i) =>
      all ? i : Math.floor(random() * size),
    );
    const slope = (t: number, place: number, d: number) =>
      (score(row, moved(row, t, input, place, d)) - score(row, moved(row, t, input, place, -d))) /
      (2 * d);
    return places.map((place) => ({
      input,
      place,
      first: slope(0, place, h),
      second: row.second === 'none' ? 0 : (slope(k, place, k) - slope(-k, place, k)) / (2 * k),
    }));
  });
}
