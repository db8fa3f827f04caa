import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, logAbsDet, mul, type nn, normal, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { couplings, checkerboard, affine } from '../models/flow/couplings.ts';
import { actnorm, glow, initialised } from '../models/flow/glow.ts';
import { directMixing, invertible1x1, luMixing } from '../models/flow/mixing.ts';
import { chain } from '../models/flow/transform.ts';
import { begin } from '../run/begin.ts';
import { floats, worst } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

describe('glow', () => {
  test('LU and direct 1×1 convolutions agree', async () => {
    const n = 6;
    const [direct, lu] = [directMixing(n, 3), luMixing(n, 3)];
    const x = tensor(await floats(normal([2, 3, 5, n])), [2, 3, 5, n]);
    const { a, b, back, logs } = gpu.step((x: Tensor) => {
      const [a, logA] = invertible1x1(direct).forward(x);
      const [b, logB] = invertible1x1(lu).forward(x);
      return { a, b, back: invertible1x1(lu).inverse(b)[0], logs: [logA, logB] };
    })(x);
    expect(worst(await floats(a), await floats(b))).toBeLessThan(1e-5);
    expect(worst(await floats(back), await floats(x))).toBeLessThan(1e-5);
    for (const log of logs) expect(Math.abs(await log.item())).toBeLessThan(1e-5); // a rotation
    // Away from the rotation the two ways to the determinant still agree.
    const factors = lu.trained as { logDiagonal: ReturnType<typeof nn.filled> };
    factors.logDiagonal.write(await floats(normal([n])));
    const { slow, fast } = gpu.step(() => {
      return { slow: logAbsDet(lu.matrix()), fast: lu.logAbsDet() };
    })();
    expect(await slow.item()).toBeCloseTo(await fast.item(), 4);
  });

  test('after the first batch every actnorm gives mean 0 and variance 1, and keeps doing so', async () => {
    const channels = 4;
    const norms = [0, 1, 2].map(() => actnorm.init(channels));
    const networks = [0, 1].map((i) => directMixing(channels, i));
    const bend = couplings(checkerboard(4), [
      (given) => affine({ shift: mul(given, given), logScale: mul(given, 0.3) }),
    ]);
    const build = (normalise: typeof initialised) =>
      chain(
        normalise(norms[0]),
        invertible1x1(networks[0]),
        bend,
        normalise(norms[1]),
        invertible1x1(networks[1]),
        bend,
        normalise(norms[2]),
      );
    const x = tensor(
      (await floats(normal([16, 4, 4, channels]))).map((v, i) => 3 * v + (i % 4)),
      [...[16, 4, 4], channels],
    );
    const outputs: Tensor[] = [];
    const first = gpu.step((x: Tensor) => {
      outputs.length = 0;
      const spied: typeof initialised = (v) => ({
        ...initialised(v),
        forward(h) {
          const result = initialised(v).forward(h);
          outputs.push(result[0]);
          return result;
        },
      });
      build(spied).forward(x);
      return { outputs };
    })(x);
    for (const output of first.outputs) {
      const values = await floats(output);
      for (let c = 0; c < channels; c++) {
        const channel = values.filter((_, i) => i % channels === c);
        const mean = channel.reduce((a, b) => a + b, 0) / channel.length;
        const variance = channel.reduce((s, v) => s + (v - mean) ** 2, 0) / channel.length;
        expect(Math.abs(mean)).toBeLessThan(1e-5);
        expect(Math.abs(variance - 1)).toBeLessThan(1e-4);
      }
    }
    const kept = await floats(first.outputs[2]);
    const again = await floats(gpu.step((x: Tensor) => build(actnorm).forward(x)[0])(x));
    expect(worst(again, kept)).toBeLessThan(1e-5);
  });

  test('a resumed run goes on to the bit: actnorm is not set anew', async () => {
    const settings = settle('glow', 'digits8', {
      levels: 1,
      depth: 1,
      hidden: 4,
      batch: 16,
      warm: 1,
    });
    const config = { model: 'glow', data: 'digits8', seed: 0, settings } as const;
    gpu = await ready(0);
    const run = await begin(gpu, config);
    for (let i = 0; i < 2; i++) run.advance();
    const file = await run.save();
    const losses = async (training: typeof run) => {
      const found: number[] = [];
      for (let i = 0; i < 3; i++) found.push(await training.advance().bits.item());
      return found;
    };
    const expected = await losses(run);
    gpu = await ready(0);
    const other = await begin(gpu, config);
    other.restore(file);
    expect(await losses(other)).toEqual(expected);
  });

  test('temperature 0 gives one image, the mode of the noise', async () => {
    const settings = settle('glow', 'digits8', { depth: 1, hidden: 4, temperature: 0 });
    const model = glow(settings, [8, 8, 1], 16);
    const images = await floats(await model.sampler(2).draw());
    expect(worst(images.slice(0, 64), images.slice(64))).toBe(0);
  });

  test('the full-size preset has the depth of the paper', () => {
    const settings = settle('glow', 'emoji16', {}, 'paper');
    expect([settings.depth, settings.levels, settings.hidden]).toEqual([32, 3, 512]);
  });
});
