import { beforeAll, expect, test } from 'vitest';
import { evaluateTexts } from '../models/autoregressive/evaluate_sequences.ts';
import { gru } from '../models/autoregressive/gru.ts';
import { alphabetOf } from '../models/autoregressive/sequence.ts';
import { settle } from '../models/catalog.ts';
import { openSource } from '../models/data/source.ts';
import { ready } from './open.ts';

beforeAll(async () => {
  await ready(0);
});

test('a model that knows nothing costs log2(27) bits for each letter of a name and its end', async () => {
  const source = await openSource('names');
  const config = { ...settle('gru', 'names'), embedding: 2, hidden: 4 };
  const model = gru(config, alphabetOf(source));
  for (const v of model.optimisers.optimiser.variables) v.write(new Float32Array(v.size));
  const { nll, bitsPerSymbol, trainBitsPerSymbol } = await evaluateTexts(model, source);
  expect(bitsPerSymbol).toBeCloseTo(Math.log2(27), 5);
  expect(trainBitsPerSymbol).toBeCloseTo(Math.log2(27), 5);
  // 837 names of 6.95 symbols each, the end among them
  const symbols = nll / Math.log(27);
  expect(Math.abs(837 * symbols - Math.round(837 * symbols))).toBeLessThan(0.01);
  expect(symbols).toBeGreaterThan(6);
  expect(symbols).toBeLessThan(8);
});
