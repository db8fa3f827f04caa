import { beforeAll, expect, test } from 'vitest';
import { type Gpu, type Tensor, tensor } from '../engine/index.ts';
import type { Autoregressive } from '../models/autoregressive/autoregressive.ts';
import { settle } from '../models/catalog.ts';
import { study } from '../models/index.ts';
import type { Studied } from '../models/study.ts';
import { completed, completions } from '../models/uses/completion.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const made = (settings: Record<string, number | string>): Promise<Studied> =>
  study('made', 'digits8', settle('made', 'digits8', { hidden: 64, ...settings }));

async function shown({ model, source }: Studied, view: string) {
  const { images, columns } = await completions(model)[view](source);
  const image = (row: number, column: number) =>
    images.subarray(64 * (row * columns + column), 64 * (row * columns + column + 1));
  return { image, columns, rows: images.length / 64 / columns };
}

test.each([
  ['given-top', 'natural'],
  ['given-left', 'agnostic'],
  ['given-some', 'agnostic'],
])('%s (%s): what is given stays, the rest differs from draw to draw', async (view, order) => {
  const { image, columns, rows } = await shown(await made({ order }), view);
  expect([rows, columns]).toEqual([8, 8]);
  for (let row = 0; row < rows; row++) {
    const [original, given] = [image(row, 0), image(row, 1)];
    const known = [...given.keys()].filter((at) => given[at] !== 0.5);
    expect(known.length).toBeGreaterThan(8);
    expect(known.length).toBeLessThan(40);
    for (let column = 1; column < columns; column++) {
      for (const at of known) expect(image(row, column)[at]).toBe(original[at]);
    }
    const drawn = Array.from({ length: 6 }, (_, k) => image(row, 2 + k).join(''));
    expect(new Set(drawn).size).toBe(6);
    expect(new Set(drawn.join('').replaceAll('', ' ').trim().split(' '))).toEqual(
      new Set(['0', '1']),
    );
  }
});

test('a diffusion model is given any part, by RePaint', async () => {
  const diffusion = await study('ddpm', 'digits8', { hidden: 16, layers: 1 });
  expect(Object.keys(completions(diffusion.model))).toEqual([
    'given-top',
    'given-left',
    'given-some',
  ]);
  const { image, columns, rows } = await shown(diffusion, 'given-left');
  expect([rows, columns]).toEqual([8, 8]);
  for (let row = 0; row < rows; row++) {
    const drawn = Array.from({ length: 6 }, (_, k) => image(row, 2 + k));
    for (const [at, v] of image(row, 0).entries()) {
      if (at % 8 < 4) for (const found of drawn) expect(found[at]).toBeCloseTo(v, 5);
    }
    expect(new Set(drawn.map((pixels) => pixels.join(''))).size).toBe(6);
  }
});

test('a model in reading order is given the top alone', async () => {
  const views = async (order: string) => Object.keys(completions((await made({ order })).model));
  expect(await views('natural')).toEqual(['given-top']);
  expect(await views('agnostic')).toEqual(['given-top', 'given-left', 'given-some']);
});

test('what is drawn is p(unknown | known): the pixel after the known ones, against the likelihood', async () => {
  const { model, source } = await made({ order: 'natural' });
  const { logLikelihood, walk, pixel } = model as Autoregressive;
  // Only the last pixel is unknown: its chance is that of two whole images against each other.
  const step = gpu.step((r: Tensor) => source.drawTest(1, r));
  const image = (await step(tensor(Uint32Array.of(5))).data()) as Float32Array;
  const both = Float32Array.from([...image, ...image]);
  both[63] = 0;
  both[127] = 1;
  const score = gpu.step((x: Tensor) => logLikelihood(x));
  const [zero, one] = await score(tensor(both, [2, 8, 8, 1])).data();
  const chance = 1 / (1 + Math.exp(zero - one));

  const n = 400;
  const known = new Uint8Array(64).fill(1);
  known[63] = 0;
  const repeated = Float32Array.from({ length: 64 * n }, (_, i) => image[i % 64]);
  const drawn = await (await completed(walk(n), pixel, repeated, known).draw()).data();
  let ones = 0;
  for (let i = 0; i < n; i++) ones += drawn[64 * i + 63];
  const deviation = Math.sqrt((chance * (1 - chance)) / n);
  expect(Math.abs(ones / n - chance)).toBeLessThan(5 * deviation + 1e-3);
});
