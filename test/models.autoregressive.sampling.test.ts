import { beforeAll, describe, expect, test } from 'vitest';
import { broadcastTo, type Gpu, type Tensor, tensor } from '../engine/index.ts';
import { randomStream } from '../models/data/random.ts';
import { choose, type Choosing, truncate } from '../models/autoregressive/sampling.ts';
import { calls } from './api.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

/** Sums of probabilities nearer to topP than this may fall on either side in float32. */
const UNSURE = 2e-6;

/** Which symbols are kept, by sorting, in float64; null where rounding may decide. */
function keptOf(logits: number[], { topK = 0, topP = 1 }: Choosing): boolean[] | null {
  const falling = [...logits].sort((a, b) => b - a);
  const least = topK > 0 ? falling[Math.min(topK, falling.length) - 1] : Number.NEGATIVE_INFINITY;
  const among = falling.filter((l) => l >= least);
  const total = among.reduce((sum, l) => sum + Math.exp(l - among[0]), 0);
  let before = 0;
  let cut = among[among.length - 1];
  let unsure = false;
  for (let i = 0; i < among.length && topP < 1; i++) {
    unsure ||= Math.abs(before - topP) < UNSURE;
    if (before < topP) cut = among[i];
    before += Math.exp(among[i] - among[0]) / total;
  }
  return unsure ? null : logits.map((l) => l >= Math.max(least, cut));
}

describe('truncated logits', () => {
  const random = randomStream(3, 0);
  const drawn = (rows: number, n: number) =>
    Array.from({ length: rows }, () =>
      Array.from({ length: n }, () => Math.fround(3 * random.normal())),
    );
  const tied = [
    [1, 1, 1, 1, 0],
    [2, 1, 1, 1, 0],
    [0, 0, 0, 0, 5],
    [Number.NEGATIVE_INFINITY, 1, 2, 3, Number.NEGATIVE_INFINITY],
  ];
  const ways: Choosing[] = [
    { topK: 1 },
    { topK: 3 },
    { topK: 4 },
    { topP: 0.05 },
    { topP: 0.6 },
    { topP: 0.93 },
    { topP: 0.98 },
    { topK: 4, topP: 0.7 },
  ];
  const tables: [string, number[][]][] = [
    ['ties', tied],
    ['5 symbols', drawn(40, 5)],
    ['27 symbols', drawn(40, 27)],
    ['256 symbols', drawn(9, 256)],
  ];
  const rows = tables.flatMap(([name, table]) =>
    ways.map((way) => [name, JSON.stringify(way), table, way] as const),
  );

  test.each(rows)('%s, %s: as by sorting in float64', async (_, __, table, way) => {
    const [n, symbols] = [table.length, table[0].length];
    const step = gpu.step((x: Tensor) => truncate(x, way));
    const got = await step(tensor(table.flat(), [n, symbols])).data();
    let compared = 0;
    for (const [r, logits] of table.entries()) {
      const kept = keptOf(logits, way);
      if (!kept) continue;
      compared++;
      const want = logits.map((l, i) => (kept[i] ? l : Number.NEGATIVE_INFINITY));
      expect([...got.subarray(r * symbols, (r + 1) * symbols)], `row ${r}`).toEqual(want);
    }
    expect(compared).toBeGreaterThan(0.8 * n);
  });

  test('refuses what is no temperature, count or probability', () => {
    const x = tensor([1, 2]);
    expect(() => choose(x, { temperature: -1 })).toThrow(
      /temperature: expected at least 0, got -1/,
    );
    expect(() => choose(x, { topK: 1.5 })).toThrow(/topK: expected 0, 1, 2/);
    expect(() => choose(x, { topP: 0 })).toThrow(/topP: expected above 0/);
  });
});

describe('choosing', () => {
  const logits = [0.5, -1, 2, 1.2, 2, -3];
  const n = 40_000;

  /** How often each symbol was chosen of n. */
  async function counts(way: Choosing): Promise<number[]> {
    const step = gpu.step(() => choose(broadcastTo(tensor(logits), [n, logits.length]), way));
    const got = await step().data();
    return logits.map((_, k) => Array.from(got).filter((x) => x === k).length);
  }

  test.each<[Choosing]>([
    [{}],
    [{ temperature: 0.5 }],
    [{ temperature: 3, topK: 3 }],
    [{ topP: 0.9 }],
    [{ temperature: 0.7, topK: 5, topP: 0.95 }],
  ])('%o: as often as softmax says, never beyond what is kept', async (way) => {
    const scaled = logits.map((l) => l / (way.temperature ?? 1));
    const kept = keptOf(scaled, way) as boolean[];
    const weights = scaled.map((l, i) => (kept[i] ? Math.exp(l) : 0));
    const total = weights.reduce((a, b) => a + b);
    (await counts(way)).forEach((count, k) => {
      const p = weights[k] / total;
      if (p === 0) expect(count).toBe(0);
      else expect(Math.abs(count - n * p)).toBeLessThan(4.5 * Math.sqrt(n * p * (1 - p)));
    });
  });

  test('at temperature 0 always the first of the likeliest', async () => {
    expect(await counts({ temperature: 0 })).toEqual([0, 0, n, 0, 0, 0]);
  });

  test('other temperatures and nuclei compile nothing', async () => {
    const x = broadcastTo(tensor(logits), [7, logits.length]);
    const step = gpu.step((temperature: number, topP: number) => choose(x, { temperature, topP }));
    step(0.5, 0.9);
    const counted = calls(() => step(0.7, 0.8));
    expect(counted).toMatchObject({ buffers: 0, bindGroups: 0, pipelines: 0, submits: 1 });
    await gpu.idle();
  });
});
