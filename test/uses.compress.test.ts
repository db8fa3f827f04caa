import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { logisticMixture } from '../models/autoregressive/pixelcnn_pp.ts';
import { bernoulliPixel, type Pixel, softmaxPixel } from '../models/autoregressive/pixels.ts';
import { study } from '../models/index.ts';
import type { Studied } from '../models/study.ts';
import { codecOf } from '../models/uses/codec.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

/** A model after a few steps, or none. */
async function trained(
  model: 'made' | 'pixelcnn' | 'gru' | 'transformer' | 'vae',
  data: string,
  settings: Record<string, number | string>,
  steps: number,
): Promise<Studied> {
  const studied = await study(model, data, settle(model, data, settings));
  const { rows } = studied.model;
  const step = gpu.step((r: Tensor, i: number) =>
    studied.model.step(studied.source.draw(rows, r), i),
  );
  for (let i = 0; i < steps; i++) {
    step(tensor(Uint32Array.from({ length: rows }, (_, k) => (i * rows + k) % 1400)), i);
  }
  step.dispose();
  return studied;
}

describe('arithmetic coding', () => {
  const cases = [
    ['made', 'digits8', { hidden: 64 }, 100],
    ['made', 'digits8', { hidden: 64, order: 'agnostic', average: 1, masks: 2 }, 0],
    ['pixelcnn', 'digits8', { channels: 4, layers: 1, output: 'softmax' }, 0],
    ['gru', 'names', { hidden: 16 }, 0],
    ['transformer', 'names', { width: 16, heads: 2, layers: 1 }, 0],
  ] as const;

  test.each(cases)(
    '%s on %s %o: the same comes back, in at most a hundredth more than −log p',
    async (...[model, data, settings, steps]) => {
      const studied = await trained(model, data, settings, steps);
      const codec = codecOf(studied);
      const examples = await codec.examples(300);
      const { bytes, nats } = await codec.write(examples);
      expect(await codec.read(bytes)).toEqual(examples);
      const bits = nats / Math.LN2;
      expect(8 * bytes.length).toBeLessThan(1.01 * bits);
      expect(8 * bytes.length).toBeGreaterThan(0.999 * bits); // 2^-24 is more than some deserve
      expect(Math.abs(nats / (await negativeLogLikelihood(studied, 300)) - 1)).toBeLessThan(1e-4);
    },
  );

  /** −log p of the first test examples by the model as it is trained: all symbols at once. */
  async function negativeLogLikelihood({ model, source }: Studied, count: number) {
    const rows = tensor(Uint32Array.from({ length: count }, (_, i) => i));
    const step = gpu.step((r: Tensor) => {
      const x = source.drawTest(count, r);
      if ('cost' in model) return (model as unknown as Costly).cost(x).nats;
      return (model as unknown as Likely).logLikelihood(x);
    });
    const values = (await step(rows).data()) as Float32Array;
    return Math.abs(values.reduce((a, b) => a + b, 0));
  }
  interface Costly {
    cost(x: Tensor): { nats: Tensor };
  }
  interface Likely {
    logLikelihood(x: Tensor): Tensor;
  }

  test('a damaged file gives something else, or says so, and never hangs', async () => {
    const codec = codecOf(await trained('made', 'digits8', { hidden: 16 }, 5));
    const examples = await codec.examples(20);
    const { bytes } = await codec.write(examples);
    bytes[5] ^= 64;
    expect(await codec.read(bytes)).not.toEqual(examples);
    await expect(codec.read(new Uint8Array(0))).rejects.toThrow(/the file ends in its head/);
  });
});

describe('probabilities of pixels', () => {
  const pixels: [string, Pixel][] = [
    ['bernoulli', bernoulliPixel],
    ['softmax of 17', softmaxPixel(16)],
    ['3 logistics of 17 grey levels', logisticMixture(3, 1, 16)],
    ['3 logistics of 6 levels of 3 colours', logisticMixture(3, 3, 5)],
  ];

  test.each(pixels)('%s: of all colours together they are the likelihood', async (_, pixel) => {
    const { size, colours, levels } = pixel;
    const count = levels ** colours;
    const values = Array.from({ length: count }, (_, i) =>
      Array.from({ length: colours }, (_, c) => Math.floor(i / levels ** c) % levels),
    );
    const x = tensor(
      Float32Array.from(values.flat(), (v) => v / (levels - 1)),
      [count, colours],
    );
    const one = Array.from({ length: size }, (_, k) => Math.sin(3 * k + 1));
    const numbers = Float32Array.from({ length: count * size }, (_, i) => one[i % size]);
    const step = gpu.step((x: Tensor, n: Tensor) => ({
      logLikelihood: pixel.logLikelihood(n, x),
      each: Array.from({ length: colours }, (_, c) => pixel.probabilities(n, x, c)),
    }));
    const { logLikelihood, each } = step(x, tensor(numbers, [count, size]));
    const p = await Promise.all(each.map((t) => t.data()));
    const exact = await logLikelihood.data();
    let sum = 0;
    values.forEach((x, i) => {
      const product = x.reduce((all, v, c) => all * p[c][i * levels + v], 1);
      expect(Math.abs(Math.log(product) - exact[i])).toBeLessThan(2e-4); // f32, logs to −20
      sum += product;
    });
    expect(sum).toBeCloseTo(1, 4);
  });
});

describe('bits-back coding', () => {
  const decoders = [
    ['bernoulli', 100],
    ['logistic', 20],
  ] as const;

  test.each(decoders)('%s: the same comes back, at −L', async (decoder, steps) => {
    const studied = await trained('vae', 'digits8', { decoder, hidden: 64, latent: 4 }, steps);
    const codec = codecOf(studied);
    const examples = await codec.examples(359);
    const { bytes, net, nats } = await codec.write(examples);
    expect(await codec.read(bytes)).toEqual(examples);
    expect(8 * bytes.length - net).toBeLessThan(8 * (8 + 4 * 4) + 40); // what it began with
    // One draw of z for each image: −L varies by about 1.5 nats in it, so by 0.4 % of the sum.
    expect(Math.abs(net / (nats / Math.LN2) - 1)).toBeLessThan(0.01);
  });

  test('another model, or a damaged stack, is told from the end of it', async () => {
    const codec = codecOf(await trained('vae', 'digits8', { hidden: 16, latent: 2 }, 3));
    const { bytes } = await codec.write(await codec.examples(5));
    bytes[bytes.length - 20] ^= 8;
    await expect(codec.read(bytes)).rejects.toThrow(/the stack/);
  });
});

test('models without a likelihood that can be coded by are refused', async () => {
  const studied = await study('realnvp', 'two_moons');
  expect(() => codecOf(studied)).toThrow(/compress: expected an autoregressive model, or a VAE/);
});
