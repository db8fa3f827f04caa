import { beforeAll, describe, expect, test } from 'vitest';
import {
  adam,
  add,
  type Gpu,
  grad,
  logAbsDet,
  logSoftmax,
  mean,
  mul,
  nn,
  normal,
  reshape,
  sizeOf,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { openSource } from '../models/data/source.ts';
import { couplings, checkerboard, affine } from '../models/flow/couplings.ts';
import {
  bitsPerDimension,
  brightness,
  type Dequantised,
  logits,
  uniformNoise,
  variationalNoise,
} from '../models/flow/dequantise.ts';
import { flowppImages, noiseOf } from '../models/flow/flowpp_images.ts';
import { actnorm, glow, initialised } from '../models/flow/glow.ts';
import { imageFlow, type ImageFlow } from '../models/flow/likelihood.ts';
import { mafImages } from '../models/flow/maf.ts';
import { directMixing, invertible1x1, luMixing } from '../models/flow/mixing.ts';
import { mixtureLogistic } from '../models/flow/mixture.ts';
import { niceImages } from '../models/flow/nice.ts';
import { realnvpImages } from '../models/flow/realnvp_images.ts';
import { factorise } from '../models/flow/rotation.ts';
import { gaussian } from '../models/flow/prior.ts';
import { chain, reshaped, sumOfRows } from '../models/flow/transform.ts';
import { begin } from '../run/begin.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const floats = async (t: Tensor) => (await t.data()) as Float32Array;
const worst = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
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

describe('dequantisation', () => {
  test('a uniform model takes log₂ of the levels, however many dimensions', async () => {
    for (const [white, shape] of [
      [16, [8, 8, 1]],
      [255, [4, 2, 3]],
    ] as const) {
      const size = sizeOf(shape);
      const uniform = {
        logDensity: (z: Tensor) => mul(sum(z, 1), 0),
        draw: (s: readonly number[]) => normal(s),
      };
      const options = { ...settle('glow', 'digits8'), shape, white, prior: uniform };
      const trained = { none: nn.filled(0, [1]) };
      const model = imageFlow({ transform: reshaped(shape, [size]) }, { ...options, trained });
      for (const bits of await floats(
        model.bits(tensor(new Float32Array(3 * size), [3, ...shape])),
      )) {
        expect(bits).toBeCloseTo(Math.log2(white + 1), 6);
      }
    }
  });

  test('halving the density costs a bit over the dimensions', async () => {
    const bits = await floats(
      bitsPerDimension(tensor([-Math.LN2, 0]), tensor([0, Math.LN2]), 4, 1),
    );
    for (const b of bits) expect(b).toBeCloseTo(1.25, 6);
  });

  test('levels come back as their brightness', async () => {
    const levels = Float32Array.from({ length: 17 }, (_, v) => v / 16);
    const { y } = uniformNoise(16)(tensor(levels));
    for (const [v, at] of (await floats(y)).entries()) {
      expect(at).toBeGreaterThanOrEqual(v / 17);
      expect(at).toBeLessThan((v + 1) / 17 + 1e-6);
    }
    const middles = await floats(brightness(tensor(levels.map((_, v) => (v + 0.5) / 17)), 16));
    expect(worst(middles, levels)).toBeLessThan(1e-6);
  });

  test('q(u|x) has mass one on the cube of the noise', async () => {
    const config = settle('flowpp', 'digits8', { hidden: 4, components: 2 });
    const noise = noiseOf(config, [1, 2, 1], checkerboard(1));
    const side = 100;
    const at = (i: number) => (i + 0.5) / side;
    const grid = Float32Array.from({ length: 2 * side * side }, (_, i) =>
      at(i % 2 === 0 ? Math.floor(i / 2 / side) : (i >> 1) % side),
    );
    const shape = [side * side, 1, 2, 1];
    const densities = gpu.step((x: Tensor, u: Tensor) => {
      const [eps, logAbsDet] = noise.given(x).inverse(u);
      return add(gaussian.logDensity(eps), logAbsDet);
    })(tensor(new Float32Array(grid.length).fill(0.5), shape), tensor(grid, shape));
    const q = (await floats(densities)).map(Math.exp);
    expect(q.reduce((a, b) => a + b, 0) / side ** 2).toBeCloseTo(1, 3);
    expect(Math.max(...q)).toBeGreaterThan(1.2); // not uniform
  });
});

test('on the same density, learned noise costs fewer bits than uniform noise and no less than P(v)', async () => {
  const [white, shape] = [16, [1, 2, 1]];
  // z = 4 logits(y) is standard normal: log p slopes within a bin, so uniform noise wastes bits.
  const density = (y: Tensor) => {
    const [z, logSlope] = logits.forward(y);
    return add(
      gaussian.logDensity(mul(z, 4)),
      add(sumOfRows(reshape(logSlope, y.shape)), 2 * Math.log(4)),
    );
  };
  const bits = ({ y, logNoise }: Dequantised) => bitsPerDimension(density(y), logNoise, 2, white);
  const levels = (n: number) =>
    Float32Array.from({ length: 2 * n }, (_, i) => (5 + ((i * 7) % 7) + (i % 2)) / 16);
  const noise = noiseOf(
    settle('flowpp', 'digits8', { hidden: 4, components: 2 }),
    shape,
    checkerboard(1),
  );
  const learned = variationalNoise(noise.given, white);
  const optimiser = adam(noise.trained, { lr: 1e-2 });
  const train = gpu.step((x: Tensor) => {
    const loss = mean(bits(learned(x)));
    optimiser.update(grad(loss, optimiser.variables));
    return loss;
  });
  const batch = (n: number) => tensor(levels(n), [n, ...shape]);
  for (let i = 0; i < 80; i++) await train(batch(128)).item();
  const [variational, uniform] = await Promise.all(
    [learned, uniformNoise(white)].map((noisy) =>
      gpu
        .step((x: Tensor) => mean(bits(noisy(x))))(batch(8192))
        .item(),
    ),
  );
  // P(v) in float64: the normal integral over the logits of a bin, by the midpoint rule.
  const phi = (y: number) => {
    const p = 0.05 + 0.9 * y;
    const z = 4 * Math.log(p / (1 - p));
    return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * ((4 * 0.9) / (p * (1 - p)));
  };
  const exact = levels(7 * 64).map((x) => {
    let mass = 0;
    for (let k = 0; k < 200; k++) mass += phi((x * 16 + (k + 0.5) / 200) / 17) / 17 / 200;
    return -Math.log2(mass);
  });
  const least = exact.reduce((a, b) => a + b, 0) / exact.length;
  console.info(`bits: exact ${least}, variational ${variational}, uniform ${uniform}`);
  expect(variational).toBeLessThan(uniform - 0.02);
  expect(variational).toBeGreaterThan(least - 0.01);
});

test('bisection ends within 1e-5, or within the rounding of y over the slope', async () => {
  for (const sharpness of [1, 2]) {
    const [n, K] = [20_000, [20_000, 4]];
    const { x, y, back, logSlope } = gpu.step(() => {
      const map = mixtureLogistic({
        logWeight: logSoftmax(normal(K)),
        mean: mul(normal(K), 1.5),
        logScale: sub(mul(normal(K), 0.5), sharpness - 0.5),
        a: mul(normal([n]), 0.7),
        b: normal([n]),
      });
      const x = mul(normal([n]), 1.5);
      const [y, slope] = map.forward(x);
      return { x, y, back: map.inverse(y)[0], logSlope: add(slope, 0) };
    })();
    const [xs, ys] = [await floats(x), await floats(y)];
    const slopes = (await floats(logSlope)).map(Math.exp);
    const errors = (await floats(back)).map((v, i) => Math.abs(v - xs[i]));
    const scaled = errors.map(
      (e, i) => (e * Math.min(1, slopes[i])) / Math.max(1, Math.abs(ys[i])),
    );
    expect(Math.max(...scaled)).toBeLessThan(2e-6);
    const gentle = errors.filter((_, i) => slopes[i] > 0.5 && Math.abs(ys[i]) < 4);
    expect(gentle.length).toBeGreaterThan(5000);
    expect(Math.max(...gentle)).toBeLessThan(1e-5);
  }
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
