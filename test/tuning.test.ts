import { describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';

describe('a table of variants', () => {
  test('is found for the class of the adapter', async () => {
    const asked: string[] = [];
    const told: string[] = [];
    const own = await o.open({
      tuning: async (name) => {
        asked.push(name);
        return { matmul: { '*': ['1_naive'] } };
      },
    });
    own.onChoice = ({ variant, by }) => told.push(`${variant} by ${by}`);
    const ones = o.tensor(new Float32Array(64 * 64).fill(1), [64, 64]);
    expect((await o.matmul(ones, ones).data())[0]).toBe(64);
    expect(asked).toEqual([o.adapterClass(own.device.adapterInfo)]);
    expect(told).toEqual(['1_naive by table']);
    own.close();
  });

  test('is kept by the browser', async ({ skip }) => {
    if (typeof indexedDB === 'undefined') skip();
    expect(await o.loadTuning('a test')).toBeNull();
    await o.saveTuning('a test', { matmul: { m9: ['2_tiled'] } });
    expect(await o.loadTuning('a test')).toEqual({ matmul: { m9: ['2_tiled'] } });
    await o.saveTuning('a test', {});
  });
});
