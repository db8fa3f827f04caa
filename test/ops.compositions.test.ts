import type { Tensor } from '../engine/index.ts';
import { table } from './check.ts';
import { normal, seeded } from './inputs.ts';
import type { Nd } from './reference.ts';
import { expected, type Ops, type Row, row } from './rows.ts';

// Random programs of three to six ops, to try what a table of single ops cannot: fused chains,
// stores of matmuls and reductions with a chain behind them, values that are used several times.
// VITE_FUZZ sets how many; the seed of each is in its name.

type Op = (o: Ops, x: Tensor) => Tensor;
type Op2 = (o: Ops, x: Tensor, y: Tensor) => Tensor;

const smooth: Op[] = [
  (o, x) => o.tanh(x),
  (o, x) => o.sigmoid(x),
  (o, x) => o.softplus(x),
  (o, x) => o.sin(x),
  (o, x) => o.silu(x),
  (o, x) => o.gelu(x),
  (o, x) => o.neg(x),
  (o, x) => o.mul(0.5, o.square(x)),
  (o, x) => o.exp(o.tanh(x)),
  (o, x) => o.log(o.add(1, o.square(x))),
  (o, x) => o.sqrt(o.add(o.square(x), 1)),
  (o, x) => o.div(x, o.add(1.5, o.cos(x))),
  (o, x) => o.sub(1.25, x),
  (o, x) => o.softmax(x),
  (o, x) => o.cumsum(o.mul(x, 0.4)),
  (o, x) => o.layerNorm(x, undefined, undefined, { eps: 0.1 }),
];

const layout: Op[] = [
  (o, x) =>
    o.permute(
      x,
      x.shape.map((_, a) => x.shape.length - 1 - a),
    ),
  (o, x) => o.reshape(x, [-1]),
  (o, x) => o.reshape(x, [1, ...x.shape]),
  (o, x) => o.flip(x, -1),
  (o, x) => o.slice(x, [[1]]),
  (o, x) => o.slice(x, [[undefined, undefined, 2]]),
  (o, x) =>
    o.pad(
      x,
      x.shape.map((_, a) => (a === 0 ? [1, 0] : [0, 1])),
    ),
  (o, x) => o.concat([x, o.square(x)], 0),
  (o, x) => o.repeat(x, 2),
  (o, x) => o.broadcastTo(x, [2, ...x.shape]),
];

const reductions: Op[] = [
  (o, x) => o.sum(o.mul(x, 0.3), 0),
  (o, x) => o.sum(o.mul(x, 0.3), -1, { keep: true }),
  (o, x) => o.mean(x, 0, { keep: true }),
  (o, x) => o.mean(x, -1),
  (o, x) => o.logSumExp(x, -1, { keep: true }),
  (o, x) => o.variance(x, 0),
  (o, x) => o.norm(o.add(x, 3), -1),
];

/** Ops with a kink: only where every argument is far from it. */
const kinked: Op[] = [
  (o, x) => o.relu(x),
  (o, x) => o.abs(x),
  (o, x) => o.leakyRelu(x, 0.2),
  (o, x) => o.where(o.greater(x, 0), o.square(x), o.mul(0.1, x)),
  (o, x) => o.maximum(o.elu(x), 0),
];

const pairs: Op2[] = [
  (o, x, y) => o.add(x, y),
  (o, x, y) => o.sub(x, y),
  (o, x, y) => o.mul(x, y),
  (o, x, y) => o.div(x, o.add(1, o.square(y))),
];

const products: Op2[] = [
  (o, x, y) => o.mul(0.4, o.matmul(x, y)),
  (o, x, y) => o.mul(0.4, o.matmul(x, y, { ta: true })),
  (o, x, y) => o.tanh(o.matmul(x, y, { tb: true })),
  (o, x, y) => o.matmul(o.tanh(x), o.sigmoid(y), { ta: true, tb: true }),
];

type Step = (o: Ops, pool: Tensor[]) => Tensor;

/** A step on values of the pool; the later ones are the likelier. */
function draw(random: () => number, pool: number): { step: Step; kink: number } {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  const place = () => Math.floor(Math.sqrt(random()) * pool);
  const [i, j] = [place(), place()];
  const two =
    (f: Op2): Step =>
    (o, p) =>
      f(o, p[i], p[j]);
  const one =
    (f: Op): Step =>
    (o, p) =>
      f(o, p[i]);
  const kind = random();
  if (kind < 0.3) return { step: one(pick(smooth)), kink: -1 };
  if (kind < 0.5) return { step: two(pick(pairs)), kink: -1 };
  if (kind < 0.62) return { step: one(pick(reductions)), kink: -1 };
  if (kind < 0.78) return { step: two(pick(products)), kink: -1 };
  if (kind < 0.9) return { step: one(pick(layout)), kink: -1 };
  return { step: one(pick(kinked)), kink: i };
}

const program =
  (steps: readonly Step[]) =>
  (o: Ops, ...x: Tensor[]) => {
    const pool = [...x];
    for (const step of steps) pool.push(step(o, pool));
    return pool;
  };

const tame = (x: Nd): boolean =>
  x.data.length > 0 &&
  x.shape.length > 0 &&
  x.data.length < 300 &&
  x.shape.length < 5 &&
  x.data.every((v) => Math.abs(v) < 20) &&
  x.data.some((v) => Math.abs(v) > 1e-3);

const inputs = [normal([5, 3]), normal([3]), normal([3, 4]), normal([2, 1, 3])];

/** A random row: steps are drawn until enough of them are legal for the reference and tame. */
function composition(seed: number): Row {
  const random = seeded(seed);
  const steps: Step[] = [];
  const length = 3 + Math.floor(random() * 4);
  let values: Nd[] = inputs;
  while (steps.length < length) {
    const { step, kink } = draw(random, values.length);
    if (kink >= 0 && values[kink].data.some((v) => Math.abs(v) < 0.05)) continue;
    try {
      const next = expected(row('', program([...steps, step]), inputs));
      if (!tame(next.at(-1)!)) continue;
      steps.push(step);
      values = next;
    } catch {
      // The reference refuses the shapes: another step is drawn.
    }
  }
  // The last value and one on the way are results; the way is then read by the host and by the GPU.
  const middle = inputs.length + Math.floor(random() * length);
  const run = program(steps);
  return row(
    `composition ${seed}`,
    (o, ...x) => {
      const pool = run(o, ...x);
      return [pool[middle], pool[pool.length - 1]];
    },
    inputs,
    { ulps: 400, of: 'largest', gradient: 1e-3, second: 5e-3, probes: 4 },
  );
}

const count = Number(import.meta.env.VITE_FUZZ ?? 40);
const first = Number(import.meta.env.VITE_FUZZ_SEED ?? 1);

table(
  'compositions',
  Array.from({ length: count }, (_, i) => composition(first + i)),
  8,
);
