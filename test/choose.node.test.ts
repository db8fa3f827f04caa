import { describe, expect, test } from 'vitest';
import naive from '../shaders/matmul/1_naive.wgsl';
import blocked from '../shaders/matmul/3_blocked.wgsl';
import subgroup from '../shaders/matmul/5_subgroup.wgsl';
import { bucketOf, type Choice, type Contract, choose, variantName } from '../engine/choose.ts';
import type { Adapter } from '../engine/op.ts';

interface Sizes {
  m: number;
  turned: boolean;
}
const launch = () => ({ groups: 1 });
const contract: Contract<Sizes> = {
  name: 'matmul',
  variants: [
    { kernel: naive, launch },
    { kernel: blocked, launch, applies: ({ m }) => m % 4 === 0 },
    { kernel: subgroup, launch },
  ],
  heuristic: () => naive,
};

const adapter = (tuning: Adapter['tuning'], more: Partial<Adapter> = {}): Adapter => ({
  features: new Set(),
  limits: {} as GPUSupportedLimits,
  software: false,
  subgroupSize: null,
  tuning,
  onChoice: null,
  ...more,
});

const pick = (gpu: Adapter, m: number) =>
  variantName(choose(gpu, contract, { m, turned: false }).kernel);

describe('choosing a variant', () => {
  test.each([
    ['without a table the heuristic decides', {}, 8, '1_naive'],
    ['the fastest of the bucket', { matmul: { m3: ['3_blocked', '1_naive'] } }, 8, '3_blocked'],
    ['what does not apply is passed over', { matmul: { m3: ['3_blocked'] } }, 9, '1_naive'],
    ['what needs subgroups too', { matmul: { m3: ['5_subgroup', '3_blocked'] } }, 8, '3_blocked'],
    ['another bucket says nothing', { matmul: { m9: ['3_blocked'] } }, 8, '1_naive'],
    ['the star stands for the others', { matmul: { '*': ['3_blocked'] } }, 8, '3_blocked'],
    ['an unknown name is passed over', { matmul: { m3: ['0_gone', '3_blocked'] } }, 8, '3_blocked'],
    ['other contracts say nothing', { conv2d: { '*': ['3_blocked'] } }, 8, '1_naive'],
  ])('%s', (_, tuning, m, wanted) => expect(pick(adapter(tuning), m)).toBe(wanted));

  test('with subgroups', () => {
    const gpu = adapter({ matmul: { '*': ['5_subgroup'] } }, { subgroupSize: 32 });
    expect(pick(gpu, 8)).toBe('5_subgroup');
  });

  test('a choice is told, with what else could have been taken', () => {
    const told: Choice[] = [];
    pick(adapter({ matmul: { m3: ['3_blocked'] } }, { onChoice: (c) => told.push(c) }), 8);
    expect(told).toEqual([
      {
        contract: 'matmul',
        bucket: 'm3',
        variant: '3_blocked',
        applicable: ['1_naive', '3_blocked'],
        by: 'table',
      },
    ]);
  });

  test('a heuristic that chooses what does not apply is our bug', () => {
    const wrong = { ...contract, heuristic: () => blocked };
    expect(() => choose(adapter({}), wrong, { m: 9, turned: false })).toThrow('internal:');
  });
});

test('buckets: powers of two, forms by name', () => {
  expect(bucketOf({ m: 500, n: 1, k: 0, ta: true, tb: false })).toBe('m9 n0 k- ta');
});
