import { arithmetic, componentwise, settle } from './numbers.ts';
import type { Scalar } from './types.ts';

type Word = number | boolean;

/** What an invocation says when it stops to wait for others. */
export interface Wait {
  wait: string;
  line: number;
  kind: Scalar;
  value: Word | Word[];
  by?: number;
}

const folds: Record<string, (kind: Scalar) => (a: number, b: number) => number> = {
  Add: (kind) => arithmetic[kind]['+'],
  Mul: (kind) => arithmetic[kind]['*'],
  Max: (kind) => (a, b) => settle[kind](componentwise.max(a, b)),
  Min: (kind) => (a, b) => settle[kind](componentwise.min(a, b)),
  And: (kind) => arithmetic[kind]['&'],
  Or: (kind) => arithmetic[kind]['|'],
  Xor: (kind) => arithmetic[kind]['^'],
};

const sources: Record<string, (lane: number, by: number) => number> = {
  Broadcast: (_, by) => by,
  Shuffle: (_, by) => by,
  ShuffleXor: (lane, by) => lane ^ by,
  ShuffleUp: (lane, by) => lane - by,
  ShuffleDown: (lane, by) => lane + by,
  quadSwapX: (lane) => lane ^ 1,
  quadSwapY: (lane) => lane ^ 2,
  quadSwapDiagonal: (lane) => lane ^ 3,
};

/**
 * Results of a subgroup builtin.
 * @param waits one per lane of the subgroup, null for a lane that has returned
 */
export function subgroupResults(waits: readonly (Wait | null)[]): unknown[] {
  const active = waits.flatMap((wait, lane) => (wait ? [lane] : []));
  const first = waits[active[0]]!;
  const name = first.wait.replace('subgroup', '');
  if (name === 'Elect') return waits.map((_, lane) => lane === active[0]);
  if (name === 'BroadcastFirst') return waits.map(() => first.value);
  if (name === 'Any') return waits.map(() => active.some((lane) => waits[lane]!.value));
  if (name === 'All') return waits.map(() => active.every((lane) => waits[lane]!.value));
  if (name === 'Ballot') return waits.map(() => ballot(waits));
  const source = sources[name];
  if (source) {
    return waits.map(
      (wait, lane) => waits[source(lane, wait?.by ?? 0)]?.value ?? lost(first.value),
    );
  }
  const part = /^(Inclusive|Exclusive)?(Add|Mul|Max|Min|And|Or|Xor)$/.exec(name);
  if (!part) throw new Error(`line ${first.line}: ${first.wait} is not known.`);
  const fold = folds[part[2]](first.kind);
  const start = part[2] === 'Mul' ? 1 : 0;
  return waits.map((_, lane) => {
    const upTo = { Inclusive: lane + 1, Exclusive: lane }[part[1]] ?? waits.length;
    const values = active.filter((l) => l < upTo).map((l) => waits[l]!.value);
    if (values.length === 0)
      return lanes(
        (_, nothing) => nothing,
        first.value,
        () => start,
      );
    return values.reduce((a, b) => lanes(fold, a, (i) => pick(b, i)));
  });
}

const pick = (value: Word | Word[], i: number) =>
  (Array.isArray(value) ? value[i] : value) as number;

/** Folds component by component. */
function lanes(
  fold: (a: number, b: number) => number,
  a: Word | Word[],
  b: (i: number) => number,
): number | number[] {
  return Array.isArray(a) ? a.map((x, i) => fold(x as number, b(i))) : fold(a as number, b(0));
}

/** What a lane that doesn't exist would have said. */
const lost = (like: Word | Word[]) =>
  Array.isArray(like) ? like.map(() => Number.NaN) : Number.NaN;

function ballot(waits: readonly (Wait | null)[]): number[] {
  const words = [0, 0, 0, 0];
  waits.forEach((wait, lane) => {
    if (wait?.value) words[lane >> 5] |= 1 << (lane & 31);
  });
  return words.map((x) => x >>> 0);
}
