import { beforeAll, expect, test } from 'vitest';
import { study } from '../models/index.ts';
import type { Gallery, Lines } from '../models/model.ts';
import { drawOnce } from '../models/sampler.ts';
import type { Studied } from '../models/study.ts';
import { filled } from '../models/uses/blanks.ts';
import { completions } from '../models/uses/completion.ts';
import { ready } from './open.ts';

beforeAll(async () => {
  await ready(0);
});

const small = { width: 16, layers: 1, passes: 6 };
const thirds = [0, 1, 2, 3].map((level) => Math.fround(level / 3));

test('few-level images: levels are read and written, and what is given of them stays', async () => {
  const { model, source } = await study('mdlm', 'digits8', { ...small, levels: 4 });
  const samples = await drawOnce(model.sampler(20));
  expect(new Set(samples)).toEqual(new Set(thirds));

  for (const name of ['given-top', 'given-left', 'given-some']) {
    const { images, columns } = await completions(model)[name](source);
    expect([columns, images.length]).toEqual([8, 64 * 64]);
    for (let row = 0; row < 8; row++) {
      const at = (column: number, pixel: number) => images[64 * (8 * row + column) + pixel];
      const known = Array.from({ length: 64 }, (_, p) => p).filter((p) => at(1, p) !== 0.5);
      expect(known.length).toBeGreaterThan(8);
      expect(known.length).toBeLessThan(40);
      for (const p of known) {
        const nearest = Math.fround(Math.round(3 * at(0, p)) / 3);
        for (let column = 2; column < 8; column++) expect(at(column, p)).toBe(nearest);
      }
    }
  }
});

test('blanks are filled in, the rest of a name stays, and it ends where its pattern does', async () => {
  const { model, source } = await study('d3pm', 'names', { ...small, noise: 'absorbing' });
  const names = await filled(model, source.form, 'm_r__', 40);
  expect(names.length).toBe(40);
  for (const name of names) expect(name).toMatch(/^m([a-z]r[a-z]{0,2})?$/);
  expect(new Set(names).size).toBeGreaterThan(20);
});

test('models that cannot fill in blanks say so', async () => {
  const { model, source } = await study('made', 'digits8', { hidden: 8 });
  await expect(filled(model, source.form, 'm_r__', 1)).rejects.toThrow('only discrete diffusion');
});

const views = ({ model }: Studied) => model.views as NonNullable<typeof model.views>;

test('views of images: masks are grey on the way, and passes are compared', async () => {
  const studied = await study('sedd', 'digits8', small);
  const way = (await views(studied).chain(studied.source)) as Gallery;
  expect([way.columns, way.images.length]).toEqual([6, 6 * 6 * 64]);
  const greys = (column: number) =>
    way.images.filter((v, i) => Math.floor(i / 64) % 6 === column && v === 0.5).length;
  expect(greys(0)).toBeGreaterThan(greys(3));
  expect(greys(5)).toBe(0);

  const steps = (await views(studied).steps(studied.source)) as Gallery;
  expect([steps.columns, steps.images.length]).toEqual([12, 4 * 12 * 64]); // 1, 2, 4, 6 passes
  const { lines } = (await views(studied).quality(studied.source)) as Lines;
  expect(lines.length).toBe(4);
  for (const line of lines) {
    expect(line).toMatch(/^\d passes: pixelError 0\.\d{4}, pixelFrechet \d+\.\d{4}, \d+\.\d s$/);
  }
});

test('views of texts are lines', async () => {
  const studied = await study('mdlm', 'names', small);
  expect(completions(studied.model)).toEqual({});
  const way = (await views(studied).chain(studied.source)) as Lines;
  expect(way.lines.length).toBe(6 * 7);
  expect(way.lines.join('')).toContain('_');
  expect(way.lines[5]).not.toContain('_'); // its last moment
  const steps = (await views(studied).steps(studied.source)) as Lines;
  expect(steps.lines.map((line) => line.split(':')[0])).toEqual(['1', '2', '4', '6']);
});
