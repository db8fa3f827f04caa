import {
  cast,
  concat,
  crossEntropy,
  div,
  equal,
  grad,
  mean,
  mul,
  notEqual,
  type Optimiser,
  reshape,
  schedules,
  slice,
  sum,
  type Tensor,
  tensor,
  variable,
  where,
  writeRows,
} from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import type { Model } from '../model.ts';
import { manyPasses, type Sampler } from '../sampler.ts';
import { choose, type Choosing } from './sampling.ts';

/** What sequences are made of. */
export interface Alphabet {
  /** Symbols are the numbers 0 ... symbols − 1. */
  readonly symbols: number;
  /** Symbols of a sequence. */
  readonly length: number;
  /** Whether symbol 0 ends a sequence, so that what follows it means nothing. */
  readonly ended: boolean;
}

/** A model of p(x) = Π p(x_t | x_<t) over sequences of symbols. */
export interface SequenceModel extends Model {
  /**
   * Logits [B, T, V] of each symbol given those before it, for symbols [B, T] u32. `seen` is told the vectors
   * that the network reads, place by place, so that gradients for them can be asked for; the last stands for
   * the last symbol but one.
   */
  logits(x: Tensor, seen?: (vectors: Tensor) => void): Tensor;
  /** −log p(x_t | x_<t), nats: [B, T], or [B, T + 1] with the end that every sequence has. */
  cost(x: Tensor): Cost;
  /** The same model one symbol at a time, for n sequences side by side. */
  reader(n: number): Reader;
  /** What draws n sequences [n, T] u32, a symbol for each pass; as the configuration says unless told. */
  sampler(n: number, options?: Drawing): Sampler;
}

/** How sequences are drawn. */
export interface Drawing extends Choosing {
  /** Symbols that every sequence begins with, none unless given. */
  prompt?: ArrayLike<number>;
}

/** What each symbol costs. */
export interface Cost {
  /** Nats; 0 after the end. */
  nats: Tensor;
  /** 1 where a symbol counts, 0 after the end; null where all do. */
  counted: Tensor | null;
}

/** A model that has read some symbols and tells of the next. */
export interface Reader {
  /**
   * Logits [n, V] of the symbol at place `at`, given `before` [n] u32, the one in front of it, and what
   * was read in earlier runs. Places count up from 0, where nothing was read. In a step, once.
   */
  next(before: Tensor, at: number): Tensor;
  dispose(): void;
}

/** What the sequences of a data set are made of. */
export function alphabetOf({ form, white, shape }: Source): Alphabet {
  return { symbols: white + 1, length: shape[0], ended: form.kind === 'tokens' && form.ended };
}

/** What stands in front of the first symbol: a number that no symbol has. */
export const startOf = ({ symbols }: Alphabet): number => symbols;

/** A place or a symbol as data: u32 [1], which a step may be given anew each time. */
export const placeOf = (at: number): Tensor => tensor(Uint32Array.of(at));

/**
 * What a network sees, [B, T'], and what it must say, [B, T']: the start and then the symbols; the
 * symbols, and where sequences end the end after the last.
 */
export function lesson(x: Tensor, alphabet: Alphabet) {
  const [batch, length] = x.shape;
  const column = (value: number) => tensor(new Uint32Array(batch).fill(value), [batch, 1]);
  const seen = alphabet.ended ? x : slice(x, [null, [0, length - 1]]);
  return {
    inputs: concat([column(startOf(alphabet)), seen], 1),
    targets: alphabet.ended ? concat([x, column(0)], 1) : x,
  };
}

/** What a sequence model trains with. */
interface Training {
  lr: number;
  steps: number;
  /** Steps until the learning rate is full, 50 unless given. */
  warm?: number;
}

/**
 * One step of Adam, number i, down the mean of a cost: the learning rate goes up in `warm` steps, stays,
 * and falls straight to 2 % in the second half; gradients are clipped to norm 1. Gives that mean.
 */
export function descend(
  optimiser: Optimiser,
  cost: Cost,
  { lr, steps, warm = 50 }: Training,
  i: number,
): { loss: Tensor } {
  const loss = meanCost(cost);
  const rate = lr * schedules.warmUp(i, warm) * schedules.linearTail(i, steps, 0.02);
  optimiser.update(grad(loss, optimiser.variables), { lr: rate, clip: 1 });
  return { loss };
}

/** What sequences [B, T] cost by a network from what it sees, [B, T'], to logits [B, T', V]. */
export function costBy(logitsAfter: (inputs: Tensor) => Tensor, x: Tensor, alphabet: Alphabet) {
  const { inputs, targets } = lesson(x, alphabet);
  return costOf(logitsAfter(inputs), inputs, targets, alphabet.ended);
}

/** What the targets of a lesson cost by these logits [B, T', V]; the end itself counts. */
export function costOf(logits: Tensor, inputs: Tensor, targets: Tensor, ended: boolean): Cost {
  const nats = crossEntropy(logits, targets);
  if (!ended) return { nats, counted: null };
  const counted = cast(notEqual(inputs, 0), 'f32'); // symbol 0 has not been seen yet
  return { nats: mul(nats, counted), counted };
}

/** Mean over all symbols that count: a scalar, nats. */
const meanCost = ({ nats, counted }: Cost): Tensor =>
  counted ? div(sum(nats), sum(counted)) : mean(nats);

/**
 * Draws sequences [n, T] u32 symbol by symbol, one run of a step for each: what was read is never
 * computed again. After symbol 0 of an ended alphabet there are only more of it.
 */
export function generate(
  n: number,
  reader: Reader,
  alphabet: Alphabet,
  { prompt = [], ...choosing }: Drawing,
): Sampler {
  const drawn = variable(null, [n, alphabet.length], { name: 'drawn' });
  const before = variable(null, [n], { dtype: 'u32', name: 'symbol before' });
  const none = startOf(alphabet); // no symbol
  return manyPasses(alphabet.length, {
    pass(i) {
      const at = placeOf(i);
      const last = where(equal(at, 0), none, before);
      const given = placeOf(prompt[i] ?? none);
      const chosen = where(equal(given, none), choose(reader.next(last, i), choosing), given);
      const symbol = alphabet.ended ? where(equal(last, 0), 0, chosen) : chosen;
      before.assign(symbol);
      writeRows(drawn, reshape(cast(symbol, 'f32'), [n, 1]), at, 1);
    },
    result: () => cast(drawn, 'u32'),
    free() {
      for (const state of [drawn, before]) state.dispose();
      reader.dispose();
    },
  });
}
