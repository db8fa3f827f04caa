import { beforeAll, describe, test } from 'vitest';
import * as engine from '../engine/index.ts';
import type { Tensor } from '../engine/index.ts';
import { differentiable, probe, weights } from './difference.ts';
import { ready, shared } from './open.ts';
import type { Nd } from './reference.ts';
import { allowed, expected, type Row } from './rows.ts';

const { add, grad, mul, square, sum, tensor } = engine;

/** What the engine said to a row. Gradients are in the order of the differentiable inputs. */
interface Answer {
  values: ArrayLike<number>[];
  shapes: string[];
  first: ArrayLike<number>[];
  second: ArrayLike<number>[];
}
interface Recorded {
  values: Tensor[];
  first: Tensor[];
  second: Tensor[];
}

/** An array of the reference as a tensor. */
export function upload(x: Nd): Tensor {
  const Type = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array }[x.dtype];
  return tensor(Type.from(x.data), x.shape, x.dtype);
}

const weighted = (ts: readonly Tensor[], part: number): Tensor =>
  ts.map((t, i) => sum(mul(upload(weights(t.shape, part + i)), t))).reduce((a, b) => add(a, b));

/** Records value, gradient and gradient of gradient, by the same sums as `score` and `probe`. */
function record(row: Row): Recorded {
  const inputs = row.inputs.map(upload);
  const values = [row.compute(engine, ...inputs)].flat();
  const smooth = row.gradient !== 'none' && values.some((f) => f.dtype === 'f32');
  const active = differentiable(row);
  if (!smooth || active.length === 0) return { values, first: [], second: [] };
  const xs = active.map((i) => inputs[i]);
  const scores = values.flatMap((f, i) =>
    f.dtype === 'f32' ? [weighted([add(f, mul(0.5, square(f)))], i)] : [],
  );
  const first = grad(
    scores.reduce((a, b) => add(a, b)),
    xs,
  );
  if (row.gradient === 'zero' || row.second === 'none') return { values, first, second: [] };
  const along = first.map((g, i) => sum(mul(upload(weights(g.shape, 100 + active[i])), g)));
  return {
    values,
    first,
    second: grad(
      along.reduce((a, b) => add(a, b)),
      xs,
    ),
  };
}

/** Runs several rows in one evaluation; when that fails, each alone, so that the guilty one shows. */
async function answers(rows: readonly Row[]): Promise<(Answer | Error)[]> {
  try {
    const gpu = await shared();
    const step = gpu.step(() => rows.map(record));
    return await Promise.all(step().map(read));
  } catch (error) {
    // A failure of the device outlasts the rows that caused it.
    await ready();
    if (rows.length === 1) return [error as Error];
    const each: (Answer | Error)[] = [];
    for (const row of rows) each.push(...(await answers([row])));
    return each;
  }
}

async function read(r: Recorded): Promise<Answer> {
  const all = (ts: Tensor[]) => Promise.all(ts.map((t) => t.data()));
  const [values, first, second] = await Promise.all([all(r.values), all(r.first), all(r.second)]);
  return { values, first, second, shapes: r.values.map((t) => `${t.dtype} [${t.shape}]`) };
}

/** Where got differs from want by more than is allowed, in words; the worst first. */
function misses(
  what: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  most: ArrayLike<number>,
) {
  const found: [number, string][] = [];
  for (let i = 0; i < want.length; i++) {
    const same = Object.is(got[i], want[i]) || got[i] === want[i];
    const error = Math.abs(got[i] - want[i]);
    if (same || (Number.isFinite(want[i]) && error <= most[i])) continue;
    const ratio = error / most[i];
    found.push([
      Number.isFinite(ratio) ? ratio : Infinity,
      `${what} [${i}]: got ${got[i]}, want ${want[i]}, allowed ${most[i].toExponential(2)}`,
    ]);
  }
  found.sort((a, b) => b[0] - a[0]);
  const more = found.length > 3 ? [`${what}: ${found.length} of ${want.length} wrong`] : [];
  return [...more, ...found.slice(0, 3).map(([, text]) => text)];
}

function compare(row: Row, got: Answer): string[] {
  const want = expected(row);
  const most = allowed(row, want);
  const shapes = want.map((w) => `${w.dtype} [${w.shape}]`).join(' ');
  if (shapes !== got.shapes.join(' '))
    return [`shapes: got ${got.shapes.join(' ')}, want ${shapes}`];
  const wrong = want.flatMap((w, i) => misses(`output ${i}`, got.values[i], w.data, most[i].data));
  return [...wrong, ...(got.first.length > 0 ? gradients(row, got) : [])];
}

function gradients(row: Row, got: Answer): string[] {
  const active = differentiable(row);
  if (row.gradient === 'zero') {
    return got.first.flatMap((g, i) =>
      misses(
        `zero gradient ${active[i]}`,
        g,
        Array.from(g, () => 0),
        Array.from(g, () => 0),
      ),
    );
  }
  const probes = probe(row);
  return active.flatMap((input, i) => {
    const mine = probes.filter((p) => p.input === input);
    const order = (name: 'first' | 'second', tolerance: number) => {
      if (!got[name][i]) return [];
      const largest = (list: typeof probes) => Math.max(0, ...list.map((p) => Math.abs(p[name])));
      const scale = Math.max(largest(mine), 0.01 * largest(probes), 1e-3);
      const values = mine.map((p) => got[name][i][p.place]);
      const what = `${name} gradient of input ${input} at [${mine.map((p) => p.place).join(' ')}]`;
      return misses(
        what,
        values,
        mine.map((p) => p[name]),
        mine.map(() => tolerance * scale),
      );
    };
    return [
      ...order('first', row.gradient as number),
      ...order('second', row.second === 'none' ? 0 : row.second),
    ];
  });
}

/** A table: every row a test, `batch` rows to an evaluation. */
export function table(title: string, rows: readonly Row[], batch = 12): void {
  describe(title, () => {
    const got = new Map<Row, Answer | Error>();
    beforeAll(async () => {
      for (let i = 0; i < rows.length; i += batch) {
        const part = rows.slice(i, i + batch);
        const found = await answers(part);
        for (const [j, row] of part.entries()) got.set(row, found[j]);
      }
    }, 300_000);
    test.each(rows.map((row) => [row.name, row] as const))('%s', (_, row) => {
      const answer = got.get(row)!;
      if (answer instanceof Error) throw answer;
      const wrong = compare(row, answer);
      if (wrong.length > 0) throw new Error(`${row.name}\n  ${wrong.join('\n  ')}`);
    });
  });
}
