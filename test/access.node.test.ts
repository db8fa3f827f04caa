import { beforeAll, describe, expect, test } from 'vitest';
import { type Contract, type Gpu, open } from '../engine/index.ts';
import { model, type ModelDispatch } from '../tools/lockstep/model.ts';
import { pretendGpu } from '../tools/pretend.ts';
import { excuses, faults, rows } from './access.ts';

// What the engine takes by default on hardware must ask memory for whole sectors and keep out of the
// way of bank conflicts: every kernel of every row is planned for a pretended GPU and traced.

let gpu: Gpu;
let take: () => ModelDispatch[];
const chosen = new Set<string>();
const seen = new Set<string>();

beforeAll(async () => {
  take = pretendGpu();
  gpu = await open();
  gpu.onChoice = ({ contract }) => chosen.add(contract);
});

/** Everything a kernel does is in these. */
const keyOf = ({ code, overrides, groups, bindings }: ModelDispatch): string =>
  JSON.stringify([overrides, groups, [...bindings.values()].map((b) => b.byteLength)]) + code;

describe('hardware defaults', () => {
  test.each(rows)('$name', ({ step, least }) => {
    const fn = step();
    take();
    gpu.step(fn)();
    const found = take().flatMap((dispatch) => {
      if (seen.has(keyOf(dispatch))) return [];
      seen.add(keyOf(dispatch));
      return faults(model(dispatch), dispatch.code, least);
    });
    expect(found).toEqual([]);
  });

  test('all contracts have a row', async () => {
    const modules = import.meta.glob<Record<string, Contract<object>>>('../engine/ops/*.ts');
    for (const load of Object.values(modules)) {
      for (const [name, contract] of Object.entries(await load())) {
        if (!name.endsWith('Contract') || typeof contract === 'function') continue;
        expect(chosen.has(contract.name), name).toBe(!contract.softwareOnly);
      }
    }
  });

  test('no excuse for what is right', () => {
    expect(excuses.filter((excuse) => !excuse.used).map(({ file }) => file)).toEqual([]);
  });
});
