import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as engine from '../engine/index.ts';
import type { Tensor, Variable } from '../engine/index.ts';
import { normal, seeded } from './inputs.ts';
import { ready } from './open.ts';
import * as ref from './reference.ts';
import type { Nd } from './reference.ts';
import type { Ops } from './rows.ts';

// Random steps that read and assign variables in every order: what was read before an assignment
// keeps its value, also through views and fused chains; what is read after it is new.

const size = 4;
const shape = [size, size];

type Op = (o: Ops, x: Tensor, y: Tensor) => Tensor;
const ops: Op[] = [
  (o, x) => o.tanh(x),
  (o, x) => o.mul(x, 0.5),
  (o, x) => o.flip(x, 0),
  (o, x) => o.transpose(x),
  (o, x) => o.reshape(o.reshape(x, [-1]), shape),
  (o, x) => o.concat([o.slice(x, [[1]]), o.slice(x, [[0, 1]])], 0),
  (o, x) => o.softmax(x),
  (o, x) => o.sub(x, o.mean(x, 0, { keep: true })),
  (o, x, y) => o.add(x, y),
  (o, x, y) => o.mul(x, o.sin(y)),
  (o, x, y) => o.mul(0.3, o.matmul(x, y)),
  (o, x, y) => o.where(o.greater(x, 0.3), x, y),
  (o, x, y) => o.add(o.transpose(x), o.slice(y, [[0, 1]])),
];

/** A place to read from: a variable as it is at that moment, or an earlier value. */
type Place = { variable: number } | { value: number };
type Instruction =
  | { op: Op; from: [Place, Place] }
  | { assign: number; from: Place }
  /** All variables times a factor: what an optimiser does to the buffer they share. */
  | { scale: number };

function program(seed: number): { list: Instruction[]; results: number[] } {
  const random = seeded(seed);
  const below = (n: number) => Math.floor(random() * n);
  let values = 0;
  const place = (): Place =>
    values === 0 || random() < 0.45
      ? { variable: below(3) }
      : { value: values - 1 - below(Math.min(values, 3)) };
  const list: Instruction[] = [];
  for (let i = 0; i < 9; i++) {
    const kind = random();
    // An optimiser that reads its variables after one was assigned is refused.
    if (kind < 0.2 && !list.some((step) => 'assign' in step)) list.push({ scale: 0.9 });
    else if (kind < 0.38) list.push({ assign: below(3), from: place() });
    else {
      list.push({ op: ops[below(ops.length)], from: [place(), place()] });
      values++;
    }
  }
  const results = Array.from({ length: values }, (_, i) => i).filter(() => random() < 0.4);
  return { list, results };
}

/** Runs the instructions on any backend: `read` and `assign` know what a variable is there. */
function run<T>(
  { list, results }: ReturnType<typeof program>,
  o: Ops,
  read: (v: number) => T,
  assign: (v: number, value: T) => void,
  scale: (factor: number) => void,
): T[] {
  const values: T[] = [];
  const at = (p: Place): T => ('variable' in p ? read(p.variable) : values[p.value]);
  for (const step of list) {
    if ('scale' in step) scale(step.scale);
    else if ('assign' in step) assign(step.assign, at(step.from));
    else {
      const [x, y] = step.from.map(at) as unknown as [Tensor, Tensor];
      values.push(step.op(o, x, y) as unknown as T);
    }
  }
  return results.map((i) => values[i]);
}

const close = (what: string, got: ArrayLike<number>, want: Nd): void => {
  want.data.forEach((w, i) => {
    expect(Math.abs(got[i] - w), `${what} [${i}]: ${got[i]}, want ${w}`).toBeLessThan(
      1e-4 * (1 + Math.abs(w)),
    );
  });
};

describe.each(['apart', 'in one buffer'])('steps that assign variables %s', (where) => {
  let gpu: engine.Gpu;
  let variables: Variable[];
  beforeAll(async () => {
    gpu = await ready();
    variables = [0, 1, 2].map(() => engine.variable(null, shape));
    if (where === 'in one buffer') engine.sgd(variables);
  });
  afterAll(() => {
    for (const v of variables) v.dispose();
  });

  const scaleAll = (factor: number): void => {
    const { base } = variables[0];
    for (const v of base ? [base] : variables) v.assign(engine.mul(v, factor));
  };

  const count = Number(import.meta.env.VITE_FUZZ ?? 40);
  const first = Number(import.meta.env.VITE_FUZZ_SEED ?? 1);
  test.each(Array.from({ length: count }, (_, i) => first + i))('program %i', async (seed) => {
    const steps = program(seed);
    let state = [0, 1, 2].map(() => normal(shape, 0.7));
    variables.forEach((v, i) => {
      v.write(Float32Array.from(state[i].data));
    });
    const step = gpu.step(() =>
      run<Tensor>(
        steps,
        engine,
        (v) => variables[v] as unknown as Tensor,
        (v, value) => variables[v].assign(value),
        scaleAll,
      ),
    );
    for (let turn = 0; turn < 3; turn++) {
      const got = await Promise.all(step().map((t) => t.data()));
      const next = [...state];
      const want = run<Nd>(
        steps,
        ref as unknown as Ops,
        (v) => next[v],
        (v, value) => {
          next[v] = value;
        },
        (factor) => {
          for (const i of next.keys()) next[i] = ref.mul(next[i], factor);
        },
      );
      state = next;
      want.forEach((w, i) => {
        close(`run ${turn}, result ${i}`, got[i], w);
      });
      for (const [i, v] of variables.entries())
        close(`run ${turn}, variable ${i}`, await v.data(), state[i]);
    }
    step.dispose();
  });
});
