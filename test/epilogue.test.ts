import { afterAll, describe, expect, test } from 'vitest';
import { variantName } from '../engine/choose.ts';
import { add, type Gpu, matmul, maskedMatmul, open, relu, type Tensor } from '../engine/index.ts';
import { maskedMatmulContract } from '../engine/ops/maskedmatmul.ts';
import { matmulContract } from '../engine/ops/product.ts';
import { normal } from './inputs.ts';
import { upload } from './check.ts';
import * as ref from './reference.ts';

// Bias, activation and residual are computed at the store of every variant: one dispatch in all.

const [m, n, k] = [24, 40, 36];
const inputs = { x: normal([m, k]), w: normal([k, n]), bias: normal([n]), rest: normal([m, n]) };
const from = ref.nd(
  [k],
  Array.from({ length: k }, (_, l) => l % 5),
  'u32',
);
const to = ref.nd(
  [n],
  Array.from({ length: n }, (_, j) => j % 7),
  'u32',
);

interface Layer {
  contract: typeof matmulContract | typeof maskedMatmulContract;
  ours(x: Tensor, w: Tensor): Tensor;
  wanted: ref.Nd;
}

const layers: Layer[] = [
  {
    contract: matmulContract,
    ours: (x, w) => matmul(x, w),
    wanted: ref.matmul(inputs.x, inputs.w),
  },
  {
    contract: maskedMatmulContract,
    ours: (x, w) => maskedMatmul(x, w, { from: upload(from), to: upload(to) }),
    wanted: ref.maskedMatmul(inputs.x, inputs.w, { from, to }),
  },
];

describe('bias, activation and residual', () => {
  let gpu: Gpu | null = null;
  afterAll(() => gpu?.close());

  for (const { contract, ours, wanted } of layers) {
    const variants = contract.variants.map(({ kernel }) => variantName(kernel));
    test.each(variants)(`${contract.name}/%s does them as it stores`, async (variant) => {
      gpu?.close();
      gpu = await open({ tuning: { [contract.name]: { '*': [variant] } } });
      const step = gpu.step(() => {
        const [x, w, bias, rest] = Object.values(inputs).map(upload);
        return add(relu(add(ours(x, w), bias)), rest);
      });
      const { result, events } = await gpu.profile(step);
      expect(events.map(({ kernel }) => kernel)).toEqual([`${contract.name}/${variant}.wgsl`]);
      const { bias, rest } = inputs;
      const expected = Array.from(
        wanted.data,
        (v, i) => Math.max(0, v + bias.data[i % n]) + rest.data[i],
      );
      const actual = await result.data();
      const worst = Math.max(...expected.map((v, i) => Math.abs(v - actual[i])));
      expect(worst).toBeLessThan(1e-4);
    });
  }

  test('a sum cut into parts does them when the parts are added', async () => {
    gpu?.close();
    gpu = await open();
    const long = [normal([8, 1024]), normal([1024, 8]), normal([8])];
    const step = gpu.step(() => {
      const [x, w, bias] = long.map(upload);
      return relu(add(matmul(x, w), bias));
    });
    const { result, events } = await gpu.profile(step);
    expect(events.map(({ kernel }) => kernel.split('/')[0])).toEqual(['matmul', 'reduce']);
    const sums = ref.matmul(long[0], long[1]);
    const actual = await result.data();
    sums.data.forEach((v, i) => {
      expect(actual[i]).toBeCloseTo(Math.max(0, v + long[2].data[i % 8]), 3);
    });
  });
});
