import { beforeAll, describe, expect, test } from 'vitest';
import {
  adam,
  add,
  type Gpu,
  grad,
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
import { checkerboard } from '../models/flow/couplings.ts';
import {
  bitsPerDimension,
  brightness,
  type Dequantised,
  logits,
  uniformNoise,
  variationalNoise,
} from '../models/flow/dequantise.ts';
import { noiseOf } from '../models/flow/flowpp_images.ts';
import { imageFlow } from '../models/flow/likelihood.ts';
import { mixtureLogistic } from '../models/flow/mixture.ts';
import { gaussian } from '../models/flow/prior.ts';
import { reshaped } from '../models/flow/transform.ts';
import { sumOfRows } from '../models/rows.ts';
import { floats, worst } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

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
    const side = 200;
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
    // The midpoint rule sees little of how q goes to zero at the faces of the cube.
    expect(Math.abs(q.reduce((a, b) => a + b, 0) / side ** 2 - 1)).toBeLessThan(0.003);
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
