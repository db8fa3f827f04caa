import {
  argmax,
  categorical,
  cumsum,
  EightfoldError,
  less,
  min,
  mul,
  slice,
  softmax,
  type Tensor,
  topK as largest,
  where,
} from '../../engine/index.ts';

/** How a symbol is chosen from logits; all of them may be left out. */
export interface Choosing {
  /** Divides the logits: below 1 the likely become likelier, at 0 the likeliest is always taken. */
  temperature?: number;
  /** Only so many of the likeliest symbols may be chosen (Fan et al. 2018, arXiv 1805.04833); 0: all. */
  topK?: number;
  /**
   * Only the nucleus may be chosen: the fewest likeliest symbols that have this probability together
   * (Holtzman et al. 2019, arXiv 1904.09751, eq. 2); 1: all.
   */
  topP?: number;
}

/**
 * Symbols [...] (u32) drawn with probabilities softmax(logits / temperature) among those that topK
 * and topP leave, in this order. In a step.
 * @param logits [..., V]
 */
export function choose(logits: Tensor, { temperature = 1, ...among }: Choosing = {}): Tensor {
  if (!(temperature >= 0)) refuse(`temperature: expected at least 0, got ${temperature}`);
  if (temperature === 0) return argmax(logits, -1);
  const scaled = temperature === 1 ? logits : mul(logits, 1 / temperature);
  return categorical(truncate(scaled, among));
}

/**
 * Logits with −∞ for the symbols that may not be chosen. Equal logits share their fate: symbols that
 * tie with the last one kept are all kept. topP looks at what topK has left.
 * @param logits [..., V]
 */
export function truncate(logits: Tensor, { topK = 0, topP = 1 }: Omit<Choosing, 'temperature'>) {
  if (!(Number.isInteger(topK) && topK >= 0)) refuse(`topK: expected 0, 1, 2, ..., got ${topK}`);
  if (!(topP > 0)) refuse(`topP: expected above 0 and at most 1, got ${topP}`);
  const symbols = logits.shape[logits.shape.length - 1];
  const fewest = topK > 0 && topK < symbols ? floorOf(logits, topK) : logits;
  return topP < 1 ? nucleus(fewest, topP) : fewest;
}

function refuse(what: string): never {
  throw new EightfoldError('argument', `sampling: ${what}. Change it.`);
}

/** −∞ below the k-th largest logit. */
function floorOf(logits: Tensor, k: number): Tensor {
  const { values } = largest(logits, k);
  return where(less(logits, last(values)), Number.NEGATIVE_INFINITY, logits);
}

/** −∞ below the first logit, counted from the largest, at which the sum of probabilities reaches p. */
function nucleus(logits: Tensor, p: number): Tensor {
  const symbols = logits.shape[logits.shape.length - 1];
  const { values } = largest(logits, symbols); // in falling order
  const before = cumsum(softmax(values), -1, { exclusive: true }); // probability of what is larger
  const kept = where(less(before, p), values, Number.POSITIVE_INFINITY);
  return where(less(logits, min(kept, -1, { keep: true })), Number.NEGATIVE_INFINITY, logits);
}

/** [..., n] → [..., 1] */
const last = (x: Tensor): Tensor => slice(x, [...x.shape.slice(1).map(() => null), [-1]]);
