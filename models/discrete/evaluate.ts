import { currentGpu, sizeOf, type Tensor, tensor } from '../../engine/index.ts';
import { chunks, floats, meanOf, total } from '../chunks.ts';
import type { Source } from '../data/source.ts';
import { testExamples } from '../uses/test_set.ts';
import { type DiscreteDiffusion, stratified } from './diffusion.ts';
import { measureOf } from './quality.ts';

/** Symbols that go through a step together. */
const CHUNK = 2 ** 15;
/** Symbols that the bound is measured on, and draws of their noise, at most. */
const TEST = { symbols: 1.4e6, draws: 60 };
const TRAIN = { symbols: 1e6, draws: 10 };

/**
 * Test metrics of a discrete diffusion: the bound on −log p(x) of the test examples, nats each, averaged
 * over up to 60 draws of times and noise, and bits per symbol, of ended texts up to their end; the bound of
 * training examples; and how near samples come to these.
 */
export async function evaluateDiscrete(model: DiscreteDiffusion, source: Source) {
  const { length } = model.symbols;
  const stride = source.series ? length : 1; // rows of a long text are any place in it
  const tests = source.testCount as number;
  const all = Math.floor(((source.count as number) - 1) / stride) + 1;
  const trains = Math.min(all, Math.floor(TRAIN.symbols / length));
  const ofTest = (rows: Tensor) => source.drawTest(rows.size, rows);
  const ofTrain = (rows: Tensor) => source.draw(rows.size, rows);
  const test = await meanBound(model, ofTest, tests, 1, TEST);
  const train = await meanBound(model, ofTrain, trains, stride, TRAIN);
  const measure = await measureOf(model, source);
  return {
    bound: test,
    bitsPerSymbol: test / Math.LN2 / (await meanLength(source)),
    trainBound: train,
    ...(await measure()),
  };
}

/** The bound of rows 0, stride, 2 stride, ..., nats each. Times are spread evenly over each chunk. */
async function meanBound(
  model: DiscreteDiffusion,
  draw: (rows: Tensor) => Tensor,
  count: number,
  stride: number,
  most: { symbols: number; draws: number },
): Promise<number> {
  const { length } = model.symbols;
  const draws = Math.min(most.draws, Math.max(1, Math.floor(most.symbols / (count * length))));
  const bound = currentGpu().step((rows: Tensor) =>
    model.bound(model.symbols.read(draw(rows)), stratified(rows.size)),
  );
  let sum = 0;
  for (let k = 0; k < draws; k++) {
    for (const rows of chunks(count, Math.max(1, Math.floor(CHUNK / length)))) {
      sum += total(await floats(bound(tensor(rows.map((row) => row * stride)))));
    }
  }
  bound.dispose();
  return sum / (draws * count);
}

/** Symbols of a test example that count: those of an ended text and its end, where it has one. */
async function meanLength(source: Source): Promise<number> {
  const { form, shape, testCount } = source;
  const size = sizeOf(shape);
  if (form.kind !== 'tokens' || !form.ended) return size;
  const examples = await testExamples(source, testCount as number);
  return meanOf(examples.map((text) => (text.includes(0) ? text.indexOf(0) + 1 : size)));
}
