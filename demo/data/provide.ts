import { joined } from '../../models/data/series.ts';
import { nameParts, type OwnSet, provide, providedSet } from '../../models/data/own.ts';
import type { Rows } from '../../models/data/sets.ts';
import { readSet } from '../store/sets.ts';

/** Fewer rows, or a shorter text, are repeated: batches and windows find room in so much. */
const [ROWS, LENGTH] = [1024, 16_384];

/** Lets models find own data that this browser keeps. Throws, saying what to do, where it does not. */
export async function provideOwn(data: string): Promise<void> {
  const { hash } = nameParts(data);
  if (!hash) return;
  const kept = await readSet(hash);
  if (kept) provide(data, enough(kept.set));
  else providedSet(data); // says what to do
}

function enough(set: OwnSet): OwnSet {
  if ('centres' in set) return set;
  if ('shape' in set) {
    return { ...set, train: repeatedRows(set.train), test: repeatedRows(set.test) };
  }
  return {
    ...set,
    train: [repeated(joined(set.train), LENGTH)],
    test: [repeated(joined(set.test), LENGTH)],
  };
}

function repeatedRows({ count, values, labels }: Rows): Rows {
  const times = Math.ceil(ROWS / count);
  if (times <= 1) return { count, values, labels };
  return {
    count: count * times,
    values: repeated(values, values.length * times),
    labels: labels && repeated(labels, count * times),
  };
}

/** Values again and again, up to a whole number of times, until they are as long. */
function repeated(values: Uint8Array, length: number): Uint8Array {
  const times = Math.ceil(length / values.length);
  return times > 1 ? joined(Array.from({ length: times }, () => values)) : values;
}
