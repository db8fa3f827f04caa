import { expect, test } from 'vitest';
import { interpolate, normalQuantile, plane, traverse } from '../models/vae/views.ts';

const length = (v: ArrayLike<number>) => Math.hypot(...Array.from(v));

test('a linear way has equal steps, an arc equal angles and the length of its ends', () => {
  const [a, b] = [Float32Array.of(3, 0, 0), Float32Array.of(0, 3, 0)];
  const line = interpolate(a, b, 4, 'linear');
  expect(line.map((v) => [...v])).toEqual([
    [3, 0, 0],
    [2, 1, 0],
    [1, 2, 0],
    [0, 3, 0],
  ]);
  const arc = interpolate(a, b, 4, 'spherical');
  for (const [i, v] of arc.entries()) {
    expect(length(v)).toBeCloseTo(3, 5);
    expect(Math.atan2(v[1], v[0])).toBeCloseTo((i * Math.PI) / 6, 5);
  }
  // Without an angle between them an arc is a line.
  expect([...interpolate(a, a, 3, 'spherical')[1]]).toEqual([3, 0, 0]);
});

test('a traversal changes one dimension, from −3 to 3', () => {
  const rows = traverse(Float32Array.of(7, 8, 9), 1, 3).map((v) => [...v]);
  expect(rows).toEqual([
    [7, -3, 9],
    [7, 0, 9],
    [7, 3, 9],
  ]);
});

test.each([
  [0.5, 0],
  [0.975, 1.959963984540054],
  [0.025, -1.959963984540054],
  [0.9999, 3.719016485455709],
])('the normal quantile of %d', (p, x) => {
  expect(normalQuantile(p)).toBeCloseTo(x, 9);
});

test('the plane is read from the top left, and its middle is the origin', () => {
  const points = plane(3).map((v) => [...v]);
  expect(points).toHaveLength(9);
  expect(points[4]).toEqual([0, 0]);
  expect(points[0][0]).toBeLessThan(0);
  expect(points[0][1]).toBeGreaterThan(0);
});
