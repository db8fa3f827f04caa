import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { settle } from '../models/catalog.ts';
import { judge, lower, near, type ParityRow, referenceOf } from '../run/parity/judge.ts';
import { keep, kept } from '../run/kept.ts';
import { spreadOf } from '../run/spread.ts';
import { rows } from '../run/parity/rows.ts';

const row: ParityRow = {
  name: 'vae_digits8', // test_kl 5.628 ± 0.044 over 3 seeds
  model: 'vae',
  data: 'digits8',
  metrics: {},
};

describe('the parity rule', () => {
  const error = 2 * Math.sqrt(0.04388 ** 2 / 3 + 0.03 ** 2 / 4);
  test.each([
    ['at the edge', near('test_kl', 0.05), 5.62766 + error + 0.0499, true],
    ['beyond it', near('test_kl', 0.05), 5.62766 + error + 0.0501, false],
    ['below it', near('test_kl', 0.05), 5.62766 - error - 0.0501, false],
    ['below it where lower is better', lower('test_kl', 0.05), 1, true],
    ['above it where lower is better', lower('test_kl', 0.05), 6, false],
  ])('%s', (_, metric, mean, pass) => {
    expect(judge({ mean, sd: 0.03 }, 4, row, metric).pass).toBe(pass);
  });

  test('the spread of seeds is the sample standard deviation', () => {
    expect(spreadOf([1, 2, 4, 5])).toEqual({ mean: 3, sd: Math.sqrt(10 / 3) });
    expect(spreadOf([7])).toEqual({ mean: 7, sd: 0 });
  });
});

test.each(rows.map((r) => [r.name, r] as const))('row %s has settings and references', (_, r) => {
  expect(settle(r.model, r.data, r.settings).steps).toBeGreaterThan(0);
  const references = Object.values(r.metrics).map((metric) => referenceOf(r, metric));
  expect(references.length).toBeGreaterThan(0);
  for (const { mean, sd } of references) expect(Number.isFinite(mean + sd)).toBe(true);
});

test('a run that the folder holds is taken, unless the settings of its row have changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parity-'));
  const run = { seconds: 1, adapter: 'none', test: { kl: 5 } };
  keep(folder, row, 3, run);
  expect(kept(folder, row, 3)).toEqual(run);
  expect(kept(folder, row, 4)).toBeNull();
  expect(kept(folder, { ...row, settings: { beta: 4 } }, 3)).toBeNull();
  rmSync(folder, { recursive: true });
});
