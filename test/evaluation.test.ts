import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleMetrics } from '../models/metrics/names.ts';
import { evaluation } from '../run/evaluation.ts';
import { ready } from './open.ts';

beforeAll(() => ready(0));
afterAll(() => ready(0)); // the evaluation has opened the engine anew

test('all metrics of real images as if a model had made them, and what they took', async () => {
  const { size, rows, values, seconds } = await evaluation({ data: 'digits8', rows: 100 });
  expect([size, rows]).toEqual([84, 100]);
  expect(Object.keys(values).sort()).toEqual(Object.keys(sampleMetrics).sort());
  expect(values.precision).toBeGreaterThan(0.8);
  expect(values.classifierScore).toBeGreaterThan(6);
  expect(values.copies).toBe(0);
  for (const s of Object.values(seconds)) expect(s).toBeGreaterThan(0);
});

test('no more images than there are', async () => {
  const { rows, values } = await evaluation({ data: 'digits8', rows: 10_000 });
  expect(rows).toBe(359);
  expect(values.precision).toBeGreaterThan(0.8);
});
