import { beforeAll, expect, test } from 'vitest';
import { tensor } from '../engine/index.ts';
import type { Form } from '../models/data/form.ts';
import type { Source } from '../models/data/source.ts';
import type { Model } from '../models/model.ts';
import { onePass } from '../models/sampler.ts';
import type { Studied } from '../models/study.ts';
import { showSamples } from '../run/shown.ts';
import { ready } from './open.ts';

beforeAll(() => ready(0));

/** A model whose sample i is `examples[i % examples.length]`. */
function studied(form: Form, examples: number[][]): Studied {
  const [{ length }] = examples;
  const sampler = (n: number) => {
    const values = Array.from({ length: n }, (_, i) => examples[i % examples.length]).flat();
    return onePass(() => tensor(Uint32Array.from(values), [n, length]));
  };
  const model = { sampler } as Partial<Model> as Model;
  const source = { form } as Partial<Source> as Source;
  return { model, source, evaluate: async () => ({}) };
}

test('tokens are shown as texts, up to the one that ends them', async () => {
  const form = { kind: 'tokens', symbols: '.abcd', ended: true } as const;
  const samples = [
    [1, 2, 0, 3],
    [4, 4, 4, 4],
    [0, 1, 1, 1],
  ];
  const shown = await showSamples(studied(form, samples), 3);
  expect(shown).toEqual({ kind: 'text', lines: ['ab', 'dddd', ''] });
  const endless = await showSamples(studied({ ...form, ended: false }, samples), 1);
  expect(endless).toEqual({ kind: 'text', lines: ['ab.c'] });
});

test('audio is shown as levels, a sixteenth as many', async () => {
  const shown = await showSamples(studied({ kind: 'audio', rate: 8000 }, [[0, 255, 128]]), 32);
  expect(shown).toEqual({ kind: 'audio', rate: 8000, recordings: ['AP+A', 'AP+A'] });
});
