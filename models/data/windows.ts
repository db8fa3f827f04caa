import {
  add,
  cast,
  gather,
  mul,
  reshape,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '../../engine/index.ts';
import { joined } from './series.ts';
import type { SeriesSet } from './sets.ts';
import type { Source, SourceOptions } from './source.ts';

/**
 * Windows of long texts or recordings, one after another: a training row is any place where a window
 * starts, test row i is the i-th window of the test data without overlap. Throws where no window
 * fits.
 */
export function windowSource(set: SeriesSet, { length = set.length }: SourceOptions): Source {
  const { name, form, white, train, test } = set;
  const upload = (parts: readonly Uint8Array[], part: string) => {
    const all = joined(parts);
    if (all.length < length) {
      throw new Error(
        `data: ${name}: expected a length of at most ${all.length}, its ${part} data, got ${length}. ` +
          'Choose a smaller one.',
      );
    }
    return variable(all, [all.length], { name: `${name} ${part}` });
  };
  const tables = { train: upload(train, 'train'), test: upload(test, 'test') };

  const windows = (table: Variable, starts: Tensor) => {
    const within = tensor(Uint32Array.from({ length }, (_, i) => i));
    return cast(gather(table, add(reshape(starts, [-1, 1]), within)), 'u32'); // [n, T]
  };
  return {
    name,
    form,
    shape: [length],
    white,
    binary: false,
    classes: [],
    count: tables.train.size - length + 1,
    testCount: Math.floor(tables.test.size / length),
    series: { train, test },
    draw: (_, rows) => windows(tables.train, rows as Tensor),
    drawClasses: () => null,
    drawTest: (_, rows) => windows(tables.test, mul(rows as Tensor, length)),
    drawTestClasses: () => null,
  };
}
