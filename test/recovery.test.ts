import { afterEach, expect, test, vi } from 'vitest';
import type { Report } from '../demo/protocol.ts';
import { reopen } from '../demo/trainer/recovery.ts';
import { settle } from '../models/catalog.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('a browser that offers no GPU for a while is asked again until it does', async () => {
  const ask = vi.spyOn(navigator.gpu, 'requestAdapter');
  ask.mockResolvedValueOnce(null).mockResolvedValueOnce(null);
  const told: Report[] = [];
  const [model, data] = ['score_matching', 'eight_gaussians'] as const;
  const run = { model, data, seed: 0, settings: settle(model, data, {}) };
  const { finished, training } = await reopen(run, (report) => told.push(report));
  training.gpu.close();
  expect(finished).toBe(false);
  expect(ask).toHaveBeenCalledTimes(3);
  const text = 'The browser offers no GPU at the moment: trying again';
  expect(told.filter((report) => report.kind === 'stage' && report.text === text)).toHaveLength(2);
});
