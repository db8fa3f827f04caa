import { beforeAll, expect, test } from 'vitest';
import { writeSafetensors } from '../engine/io/safetensors.ts';
import { type Gpu, tensor } from '../engine/index.ts';
import {
  inceptionLayers,
  loadInception,
  openInception,
  prepared,
} from '../models/metrics/features/inception.ts';
import { describeImages } from '../models/metrics/features/network.ts';
import golden from './golden/inception.json';
import { made, randomWeights, uniform } from './inception.ts';
import { ready } from './open.ts';

const SHAPE = golden.images.slice(1);
const images = made('images', 40 * 32 * 3, 0, 1);

/** Measured: at most 5.2e-6 of a layer's root mean square after 48 layers in f32. */
const TOLERANCE = 2e-5;

let gpu: Gpu;
let file: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  gpu = await ready(0);
  file = writeSafetensors(randomWeights());
});

interface Summary {
  shape: number[];
  mean: number;
  rms: number;
  probe: number;
  entries: number[];
}

/** The largest difference of a layer from what the reference says of it, in units of its rms. */
function difference(values: Float32Array, { mean, rms, probe, entries }: Summary): number {
  const n = values.length;
  const signs = uniform('probe', n);
  let [sum, squares, probed] = [0, 0, 0];
  values.forEach((v, i) => {
    sum += v;
    squares += v * v;
    probed += v * (2 * signs[i] - 1);
  });
  const differences = [
    sum / n - mean,
    Math.sqrt(squares / n) - rms,
    probed / Math.sqrt(n) - probe,
    ...entries.map((e, j) => values[Math.floor((n * (2 * j + 1)) / (2 * entries.length))] - e),
  ];
  return Math.max(...differences.map(Math.abs)) / rms;
}

test('each layer is that of PyTorch in float64, from an image of 40×32 to logits', async () => {
  const network = loadInception(file);
  const step = gpu.step(() => {
    const x = prepared(tensor(images, [1, ...SHAPE]));
    return { input: x, ...Object.fromEntries(inceptionLayers(network, x)) };
  });
  const layers: Record<string, ReturnType<typeof step>['input']> = step();
  expect(Object.keys(layers).sort()).toEqual(Object.keys(golden.layers).sort());
  for (const [name, expected] of Object.entries(golden.layers)) {
    expect(layers[name].shape, name).toEqual(expected.shape);
    const values = (await layers[name].data()) as Float32Array;
    expect(difference(values, expected), name).toBeLessThan(TOLERANCE);
  }
  step.dispose();
  for (const { weight, bias } of [...network.filters.values(), network.fc]) {
    weight.dispose();
    bias.dispose();
  }
});

test('as a feature network it gives 2048 features and the probabilities of 1008 classes', async () => {
  const network = openInception(file);
  const { features, probabilities } = await describeImages(network, images, SHAPE);
  network.dispose();
  expect(difference(features, golden.layers.features)).toBeLessThan(TOLERANCE);
  expect(probabilities.length).toBe(1008);
  expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
});

test('a grey image goes in as three equal channels', async () => {
  const grey = images.filter((_, i) => i % 3 === 0);
  const thrice = Float32Array.from(images, (_, i) => grey[Math.floor(i / 3)]);
  const step = gpu.step(() => [
    prepared(tensor(grey, [1, 40, 32, 1])),
    prepared(tensor(thrice, [1, 40, 32, 3])),
  ]);
  const [one, three] = await Promise.all(step().map((t) => t.data()));
  expect(one).toEqual(three);
  step.dispose();
});
