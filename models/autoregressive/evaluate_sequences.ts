import { currentGpu, sum, type Tensor, tensor } from '../../engine/index.ts';
import { chunks } from '../chunks.ts';
import type { Source } from '../data/source.ts';
import type { SequenceModel } from './sequence.ts';

/** Symbols that go through a step together. */
const SYMBOLS = 2 ** 14;
/** Symbols of the training data that are measured, at most. */
const TRAIN = 2 ** 17;

/** Nats of some symbols, and how many they are. */
interface Total {
  nats: number;
  symbols: number;
}

/**
 * −log p of the test sequences: nats for each, and bits for each symbol that counts; and of the first
 * training sequences. Long texts are cut in windows, each of which starts without a past.
 */
export async function evaluateTexts(model: SequenceModel, source: Source) {
  const [length] = source.shape;
  const stride = source.series ? length : 1; // rows of a long text are any place in it
  const [tests, all] = [source.testCount as number, source.count as number];
  const trains = Math.min(Math.floor(TRAIN / length), Math.floor((all - 1) / stride) + 1);
  const ofTest = totalling((rows) => source.drawTest(rows.size, rows), model);
  const ofTrain = totalling((rows) => source.draw(rows.size, rows), model);
  const test = await ofTest.over(tests, 1, length);
  const train = await ofTrain.over(trains, stride, length);
  for (const measure of [ofTest, ofTrain]) measure.dispose();
  return {
    nll: test.nats / tests,
    bitsPerSymbol: bits(test),
    trainNll: train.nats / trains,
    trainBitsPerSymbol: bits(train),
  };
}

/**
 * Bits for each sample of the test recordings, every one from its beginning to its end; of the training
 * recordings; and of the test recordings by the frequencies of levels in training alone.
 */
export async function evaluateAudio(model: SequenceModel, source: Source) {
  const { train, test } = source.series as NonNullable<Source['series']>;
  const whole = async (recordings: readonly Uint8Array[]): Promise<number> => {
    const total: Total = { nats: 0, symbols: 0 };
    for (const recording of recordings) {
      const step = currentGpu().step((x: Tensor) => sum(model.cost(x).nats));
      total.nats += await step(tensor(Uint32Array.from(recording), [1, recording.length])).item();
      total.symbols += recording.length;
      step.dispose(); // each length is a plan of its own
    }
    return bits(total);
  };
  return {
    bitsPerSample: await whole(test),
    trainBitsPerSample: await whole(train),
    unigramBits: unigramBits(train, test, source.white + 1),
  };
}

const bits = ({ nats, symbols }: Total): number => nats / symbols / Math.LN2;

/** What a draw of sequences costs, over rows 0, stride, 2 stride, ... */
function totalling(draw: (rows: Tensor) => Tensor, model: SequenceModel) {
  const step = currentGpu().step((rows: Tensor) => {
    const { nats, counted } = model.cost(draw(rows));
    return { nats: sum(nats), symbols: counted ? sum(counted) : null, all: nats.size };
  });
  return {
    async over(count: number, stride: number, length: number): Promise<Total> {
      const chunk = Math.max(1, Math.floor(SYMBOLS / length));
      const total: Total = { nats: 0, symbols: 0 };
      for (const numbers of chunks(count, chunk)) {
        const { nats, symbols, all } = step(tensor(numbers.map((i) => i * stride)));
        const [n, s] = await Promise.all([nats.item(), symbols?.item() ?? all]);
        total.nats += n;
        total.symbols += s;
      }
      return total;
    },
    dispose: () => step.dispose(),
  };
}

/** Bits for each test symbol by how often it occurs in training, each once more than it does. */
export function unigramBits(
  train: readonly Uint8Array[],
  test: readonly Uint8Array[],
  levels: number,
): number {
  const counts = new Float64Array(levels).fill(1);
  for (const recording of train) for (const level of recording) counts[level]++;
  const all = counts.reduce((a, b) => a + b, 0);
  let total = 0;
  let samples = 0;
  for (const recording of test) {
    for (const level of recording) total -= Math.log2(counts[level] / all);
    samples += recording.length;
  }
  return total / samples;
}
