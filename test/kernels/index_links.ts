import type { Case } from './case.ts';
import { narrow, picks } from './flat.ts';

/** The lists of the entries of each row: the first of each row, and the one after each entry. */
export function links(index: Uint32Array, rows: number) {
  const n = index.length;
  const after = (r: number, j: number) => {
    const k = index.indexOf(r, j);
    return k < 0 ? n : k;
  };
  return {
    first: Uint32Array.from({ length: rows }, (_, r) => after(r, 0)),
    next: index.map((r, j) => (r < rows ? after(r, j + 1) : 77)),
  };
}

function linked(name: string, index: Uint32Array, rows: number): Case {
  const expect = links(index, rows);
  return {
    name: `${name}, ${index.length} in ${rows} rows`,
    params: { n: index.length, rows },
    buffers: { index, next: new Uint32Array(index.length).fill(77) },
    overrides: narrow,
    groups: (_, { WIDTH }) => [2, Math.ceil(rows / WIDTH / 2), 1],
    expect,
  };
}

export const cases: Case[] = [
  linked('one', Uint32Array.of(0), 1),
  linked('none', new Uint32Array(0), 3),
  linked('some', picks(7, 5), 5),
  linked('whole blocks', picks(16, 3), 9),
  linked('all the same', new Uint32Array(13).fill(1), 2),
  linked('some no row', Uint32Array.of(1, 3, 0xffffffff, 1, 0), 3),
];
