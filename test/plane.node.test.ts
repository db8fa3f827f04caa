import { describe, expect, test } from 'vitest';
import { contoursOf } from '../demo/insight/contours.ts';
import { rangeOf } from '../demo/insight/draw-plane.ts';
import { readField } from '../demo/insight/plane-canvas.ts';
import { quantile, sizesOf } from '../demo/insight/vectors.ts';
import { withReferences } from '../demo/views/reference-lines.ts';
import { planePoints } from '../models/plane.ts';

const SIDE = 64;
const points = planePoints(2, SIDE);
/** A value for each place of the grid. */
const fieldOf = (value: (x: number, y: number) => number) =>
  Float32Array.from({ length: SIDE * SIDE }, (_, i) => value(points[2 * i], points[2 * i + 1]));

test('a grid goes row by row from the top left, in the middles of its cells', () => {
  expect([...planePoints(2, 2)]).toEqual([-1, 1, 1, 1, -1, -1, 1, -1]);
});

test('a field is read where it was computed', () => {
  const read = readField(
    fieldOf((x, y) => 10 * x + y),
    2,
  );
  for (const [x, y] of [
    [0.3, 1.2],
    [-1.99, -1.99],
    [2, 2],
    [-1, 0.5],
  ]) {
    expect(Math.abs(read(x, y) - (10 * x + y))).toBeLessThan(11 / 16 / 2 + 1e-4);
  }
});

describe('contours', () => {
  test('of a distance are a circle, all the way round', () => {
    const segments = contoursOf(fieldOf(Math.hypot), 1.25, 2);
    let length = 0;
    for (const [x0, y0, x1, y1] of segments) {
      expect(Math.hypot(x0, y0)).toBeCloseTo(1.25, 2);
      length += Math.hypot(x1 - x0, y1 - y0);
    }
    expect(length).toBeCloseTo(2 * Math.PI * 1.25, 1);
  });

  test('are none where a field has not the value', () => {
    expect(contoursOf(fieldOf(Math.hypot), 9, 2)).toEqual([]);
  });
});

test.each([
  [[1, 2], [], [1, 2]],
  [[1, 2], [0.5], [0.5, 2]],
  [
    [1, 2],
    [2.9, 44],
    [1, 2.9],
  ],
  [[1, 2], [-3], [1, 2]],
])('a chart of %j with lines at %j shows %j', (range, values, expected) => {
  expect(withReferences(range as [number, number], values)).toEqual(expected);
});

test('ranges leave out what is not finite', () => {
  expect(rangeOf([3, Number.NaN, -1, Number.POSITIVE_INFINITY])).toEqual([-1, 3]);
  expect(rangeOf([])).toEqual([0, 1]);
});

test('sizes and quantiles of vectors', () => {
  expect(sizesOf(Float32Array.of(3, 4, 0, 1))).toEqual([5, 1]);
  expect(quantile([4, 1, 3, 2, 5], 0.5)).toBe(3);
});
