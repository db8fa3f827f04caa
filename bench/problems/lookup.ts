import { byEntries, known } from './entries.ts';
import type { Kind } from './kind.ts';
import { spiky, whole } from './numbers.ts';

/** `count` rows of a table [entries, width], or, `back`, rows added up where they came from. */
export interface Lookup {
  kind: 'lookup';
  entries: number;
  width: number;
  count: number;
  back: boolean;
}

export const lookup: Kind<Lookup> = {
  mode: 'throughput',
  shape: ({ entries, width, count, back }) =>
    back ? `[${count},${width}] to [${entries},${width}]` : `${count} of [${entries},${width}]`,
  flops: ({ width, count, back }) => (back ? width * count : 0),
  bytes: ({ entries, width, count, back }) =>
    4 * (count + count * width + (back ? entries : count) * width),
  inputs: ({ entries, width, count, back }, random) => ({
    x: spiky((back ? count : entries) * width, random),
    // half of them the same one: what collides
    at: whole(count, entries, random).map((row, i) => (i % 2 ? row : 3)),
  }),
  judge({ entries, width, count, back }, { x, at }) {
    const values = new Float64Array((back ? entries : count) * width);
    const scales = new Float64Array(values.length).fill(back ? 1e-30 : 0);
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < width; c++) {
        const from = (back ? i : at[i]) * width + c;
        const to = (back ? at[i] : i) * width + c;
        values[to] += x[from];
        scales[to] += Math.abs(x[from]);
      }
    }
    return byEntries([known(values, scales)], { most: 65536 });
  },
};
