import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, grad, mul, normal, sizeOf, sum, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { openSource } from '../models/data/source.ts';
import { flowppImages } from '../models/flow/flowpp_images.ts';
import { glow } from '../models/flow/glow.ts';
import type { ImageFlow } from '../models/flow/likelihood.ts';
import { mafImages } from '../models/flow/maf.ts';
import { niceImages } from '../models/flow/nice.ts';
import { realnvpImages } from '../models/flow/realnvp_images.ts';
import { factorise } from '../models/flow/rotation.ts';
import { floats, worst } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

/** Trained variables moved away from where they start, where couplings are the identity. */
async function disturb(model: ImageFlow, by = 0.1): Promise<void> {
  for (const v of model.optimisers.optimiser.variables) {
    const noise = await floats(normal(v.shape));
    v.write((await floats(mul(v, 1))).map((x, i) => x + by * noise[i]));
  }
}

const grey = [4, 4, 1];
const glowOf = (mixing: 'direct' | 'lu', levels: number) =>
  settle('glow', 'digits8', { depth: 2, hidden: 4, mixing, levels });
const models: [string, number[], () => ImageFlow][] = [
  ['nice', grey, () => niceImages(settle('nice', 'digits8', { layers: 3, hidden: 8 }), grey, 16)],
  ['maf', grey, () => mafImages(settle('maf', 'digits8', { layers: 2, hidden: 30 }), grey, 16)],
  [
    'realnvp',
    grey,
    () => realnvpImages(settle('realnvp', 'digits8', { layers: 2, hidden: 4 }), grey, 16),
  ],
  ['glow', grey, () => glow(glowOf('direct', 2), grey, 16)],
  ['glow by LU, RGB', [4, 2, 3], () => glow(glowOf('lu', 1), [4, 2, 3], 255)],
  [
    'flowpp',
    grey,
    () => flowppImages(settle('flowpp', 'digits8', { layers: 2, hidden: 4 }), grey, 16),
  ],
];

describe.each(models)('%s on images', (name, shape, make) => {
  test('inverse undoes forward; log-determinants cancel and are those of the Jacobian', async () => {
    const model = make();
    await disturb(model);
    const size = sizeOf(shape);
    const pixels = Float32Array.from({ length: 2 * size }, (_, i) => ((i * 37) % 97) / 97);
    const x = tensor(pixels, [2, ...shape]);
    const { z, there, back, andBack } = gpu.step((x: Tensor) => {
      const [z, there] = model.forward(x);
      const [back, andBack] = model.inverse(z);
      return { z, there, back, andBack };
    })(x);
    expect(z.shape).toEqual([2, size]);
    const logs = await floats(there);
    const off = worst(await floats(back), pixels);
    expect(off).toBeLessThan(1e-5);
    expect(
      worst(
        (await floats(andBack)).map((v) => -v),
        logs,
      ),
    ).toBeLessThan(1e-3);

    // Row d of the Jacobians of both images at once: one image's noise depends on it alone.
    const row = gpu.step((x: Tensor, one: Tensor) => {
      const [z] = model.forward(x);
      return grad(sum(mul(z, one)), [x])[0];
    });
    const jacobians = [0, 1].map(() => new Float64Array(size * size));
    for (let d = 0; d < size; d++) {
      const one = Float32Array.from({ length: size }, (_, i) => +(i === d));
      const gradients = await floats(row(x, tensor(one)));
      for (const b of [0, 1]) {
        jacobians[b].set(gradients.subarray(b * size, (b + 1) * size), d * size);
      }
    }
    for (const b of [0, 1]) {
      expect(Math.abs(logDet(jacobians[b], size) - logs[logs.length === 1 ? 0 : b])).toBeLessThan(
        1e-3,
      );
    }
    console.info(`${name}: inverse off by ${off}`);
  });
});

/** ln |det| in float64. */
function logDet(matrix: Float64Array, n: number): number {
  const { lu } = factorise(matrix, n);
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.log(Math.abs(lu[i * n + i]));
  return total;
}

test('a masked autoregressive flow draws each pixel in a pass; the samples are its inverse', async () => {
  const model = mafImages(settle('maf', 'digits8', { layers: 2, hidden: 16 }), [2, 2, 1], 16);
  const sampler = model.sampler(64);
  expect(sampler.passes).toBe(2 * 4);
  const images = await floats(await sampler.draw());
  const { z } = gpu.step((x: Tensor) => ({ z: model.forward(x)[0] }))(
    tensor(
      images.map((v) => (v + 0.5 / 16) * (16 / 17)),
      [64, 2, 2, 1],
    ),
  );
  const noise = await floats(z);
  const mean = noise.reduce((a, b) => a + b, 0) / noise.length;
  const square = noise.reduce((s, v) => s + v * v, 0) / noise.length;
  expect(Math.abs(mean)).toBeLessThan(0.25); // 256 standard normal numbers: 4 standard errors
  expect(Math.abs(square - 1)).toBeLessThan(0.36);
});

test('training on digits lowers the bits of Glow and of Flow++', async () => {
  const source = await openSource('digits8');
  const glowing = glow(
    settle('glow', 'digits8', { levels: 1, depth: 2, hidden: 16, warm: 5 }),
    source.shape,
    16,
  );
  const settings = settle('flowpp', 'digits8', { layers: 1, hidden: 8, batch: 32, warm: 5 });
  const mixing = flowppImages(settings, source.shape, 16);
  for (const model of [glowing, mixing]) {
    const step = gpu.step((rows: Tensor, i: number) =>
      model.step(source.draw(model.rows, rows), i),
    );
    const bits: number[] = [];
    for (let i = 0; i < 16; i++) {
      const rows = Uint32Array.from({ length: model.rows }, (_, k) => (i * model.rows + k) % 1438);
      bits.push(await step(tensor(rows), i).bits.item());
    }
    expect(bits[15]).toBeLessThan(bits[1] - 0.1);
  }
});
