import { afterEach, describe, expect, test } from 'vitest';
import { type Choice, conv1d, type Gpu, tensor } from '../engine/index.ts';
import * as o from '../engine/index.ts';
import type { Tensor } from '../engine/index.ts';
import { normal } from './inputs.ts';
import { shared } from './open.ts';
import type { Nd } from './reference.ts';

const upload = (x: Nd): Tensor => tensor(Float32Array.from(x.data), x.shape);

describe('every variant stores through a fused epilogue', () => {
  let gpu: Gpu;
  afterEach(() => {
    Object.assign(gpu, { tuning: {}, onChoice: null });
  });

  const image = normal([2, 6, 7, 8]);
  const depthwise = { padding: 1, groups: 8, weightShape: [3, 3, 1, 8], inputShape: image.shape };
  const strided = { padding: 1, stride: 2, weightShape: [3, 3, 8, 12], inputShape: image.shape };

  const plain = { padding: 1, weightShape: [3, 3, 8, 12], inputShape: image.shape };

  describe.each([
    ['stride 1', plain, normal([3, 3, 8, 12]), normal([2, 6, 7, 12])],
    ['stride 2', strided, normal([3, 3, 8, 12]), normal([2, 3, 4, 12])],
    ['depthwise', depthwise, normal([3, 3, 1, 8]), normal([2, 6, 7, 8])],
  ])('%s', (_, options, w, g) => {
    const [x, filter, gradient] = [upload(image), upload(w), upload(g)];
    const ways: Record<string, () => Tensor> = {
      conv2d: () => o.conv2d(x, filter, options),
      conv2d_input: () => o.conv2dInput(gradient, filter, options),
      conv2d_weight: () => o.conv2dWeight(x, gradient, options),
    };

    test.each(Object.keys(ways))('%s', async (contract) => {
      gpu = await shared();
      const bias = upload(normal([ways[contract]().shape[3]]));
      const run = async (variant: string) => {
        const choices: Choice[] = [];
        const tuning = { [contract]: { '*': [variant] } };
        Object.assign(gpu, { tuning, onChoice: (choice: Choice) => choices.push(choice) });
        const step = gpu.step(() => o.relu(o.add(ways[contract](), bias)));
        const { result, events } = await gpu.profile(step);
        const pointwise = events.filter(({ kernel }) => kernel.startsWith('pointwise'));
        expect(pointwise).toEqual([]);
        const chosen = choices.find((choice) => choice.contract === contract) as Choice;
        expect(chosen.variant).toBe(variant);
        const flops = events.reduce((sum, event) => sum + event.flops, 0);
        return { data: await result.data(), flops, others: chosen.applicable.slice(1) };
      };
      const direct = await run('1_direct');
      const [kh, kw, per, out] = options.weightShape;
      const places = g.data.length / out; // B · oh · ow
      expect(direct.flops).toBe(2 * places * kh * kw * per * out);
      for (const variant of direct.others) {
        const { data, flops } = await run(variant);
        expect(flops, variant).toBe(direct.flops); // counted once, whatever it took
        const errors = Array.from(data, (v, i) => Math.abs(v - direct.data[i]));
        expect(Math.max(...errors), variant).toBeLessThan(1e-4); // sums of 108 terms at most
      }
    });
  });
});

describe('conv1d, causal', () => {
  test.each([
    { dilation: 1, stride: 1 },
    { dilation: 4, stride: 1 },
    { dilation: 3, stride: 2 },
  ])('no output sees its future: %o', async (moves) => {
    const options = { padding: 'causal', ...moves } as const;
    const [x, w] = [normal([1, 23, 4]), upload(normal([3, 4, 8]))];
    const before = await conv1d(upload(x), w, options).data();
    for (const at of [1, 10, 22]) {
      const changed = x.data.map((v, i) => (Math.floor(i / 4) >= at ? Number.NaN : v));
      const after = await conv1d(tensor(Float32Array.from(changed), x.shape), w, options).data();
      const kept = Math.ceil(at / moves.stride) * 8; // outputs of times before `at`
      expect(after.slice(0, kept)).toEqual(before.slice(0, kept));
      expect(after.slice(kept, kept + 8).every(Number.isNaN)).toBe(true);
    }
  });

  test('runs on the kernels of images, without a copy', async () => {
    const gpu = await shared();
    const [x, w] = [upload(normal([2, 64, 16])), upload(normal([2, 16, 32]))];
    const step = gpu.step(() => conv1d(x, w, { padding: 'causal', dilation: 8 }));
    const { events } = await gpu.profile(step);
    expect(events.map(({ kernel }) => kernel.split('/')[0])).toEqual(['conv2d']);
  });
});
