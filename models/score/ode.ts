import {
  abs,
  add,
  broadcastTo,
  div,
  lessEqual,
  max,
  maximum,
  minimum,
  mul,
  pow,
  type Shape,
  sizeOf,
  sqrt,
  square,
  stopGradient,
  sub,
  type Tensor,
  type Variable,
  variable,
  where,
} from '../../engine/index.ts';
import { manyPasses, type Sampler } from '../sampler.ts';
import { perRow, sumOfRows } from '../rows.ts';

/** The initial value problem dy/dt = F(y, t) for n examples side by side. Functions run in a step. */
export interface Problem {
  /** Shapes [n, ...] of the parts that y has. */
  readonly shapes: readonly Shape[];
  /** y at time `from`. */
  start(): Tensor[];
  /** dy/dt of each part at times t [n]. */
  slope(y: readonly Tensor[], t: Tensor): Tensor[];
  readonly from: number;
  readonly to: number;
  /** What is read out of y at time `to`. */
  result(y: readonly Tensor[]): Tensor;
}

/** How a problem is solved. */
export type Solver =
  /** Heun's method, of second order, in so many steps of equal size. */
  | { readonly method: 'heun'; readonly steps: number }
  /** Dormand–Prince pairs of order 5 and 4, to a tolerance beside 1 and beside |y|, with so many tries. */
  | { readonly method: 'rk45'; readonly tolerance: number; readonly tries: number };

/** Solves a problem anew at each draw. */
export const solve = (problem: Problem, solver: Solver): Sampler =>
  solver.method === 'heun' ? heun(problem, solver.steps) : rk45(problem, solver);

const stateOf = (shapes: readonly Shape[], name: string): Variable[] =>
  shapes.map((shape) => variable(null, shape, { name }));
const valuesOf = (variables: readonly Variable[]) => variables.map((v) => stopGradient(v));
const assign = (variables: readonly Variable[], values: readonly Tensor[]) =>
  variables.forEach((v, i) => {
    v.assign(values[i]);
  });

/** Σ wᵢ kᵢ, part by part, with weights that are numbers or [n]. */
function weighted(
  slopes: readonly (readonly Tensor[])[],
  weights: readonly (number | Tensor)[],
): Tensor[] {
  return slopes[0].map((part, p) =>
    slopes
      .map((k, i) => [k[p], weights[i]] as const)
      .filter(([, w]) => w !== 0)
      .map(([k, w]) => mul(k, typeof w === 'number' ? w : perRow(w, part)))
      .reduce((a, b) => add(a, b)),
  );
}

const sumOf = (y: readonly Tensor[], more: readonly Tensor[]) => y.map((a, p) => add(a, more[p]));

function heun(problem: Problem, steps: number): Sampler {
  const { shapes, from, to } = problem;
  const state = stateOf(shapes, 'heun');
  const h = (to - from) / steps;
  const at = (i: number) => broadcastTo(from + i * h, [shapes[0][0]]);
  return manyPasses(steps, {
    kinds: [0, 1],
    pass(i) {
      const y = i === 0 ? problem.start() : valuesOf(state);
      const k1 = problem.slope(y, at(i));
      const k2 = problem.slope(sumOf(y, weighted([k1], [h])), at(i + 1));
      assign(state, sumOf(y, weighted([k1, k2], [h / 2, h / 2])));
    },
    result: () => problem.result(valuesOf(state)),
    free: () => free(state),
  });
}

const free = (variables: readonly Variable[]) => {
  for (const v of variables) v.dispose();
};

/**
 * J. R. Dormand and P. J. Prince, A family of embedded Runge–Kutta formulae, J. Comput. Appl. Math. 6,
 * 1980, table 2: rows of stages 2 to 7, of which the last gives y of order 5, and what the error is of.
 */
const ROWS = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const NODES = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1];
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];

/** How a step size may change at once, and by how much it stays below what the error allows. */
const STEP = { first: 1e-3, shrink: 0.2, grow: 10, safety: 0.9 };

/**
 * Every example has its own time and step size, and tries and takes steps on its own: what becomes of it
 * does not depend on the others. Step size control stays on the GPU (E. Hairer, S. P. Nørsett and
 * G. Wanner, Solving Ordinary Differential Equations I, section II.4); the longest way left is read now
 * and then, to know when to stop.
 */
function rk45(problem: Problem, { tolerance, tries }: Solver & { method: 'rk45' }): Sampler {
  const { shapes, from, to } = problem;
  const rows = [shapes[0][0]];
  const way = Math.sign(to - from);
  const [state, slope] = [stateOf(shapes, 'rk45'), stateOf(shapes, 'rk45 slope')];
  const [time, step] = stateOf([rows, rows], 'rk45 time');
  const left = () => abs(sub(to, time)); // [n]

  const begin = () => {
    const y = problem.start();
    const t = broadcastTo(from, rows);
    assign(state, y);
    assign(slope, problem.slope(y, t));
    assign([time, step], [t, broadcastTo(STEP.first * Math.abs(to - from), rows)]);
  };

  const attempt = () => {
    const [y, t] = [valuesOf(state), stopGradient(time)];
    const h = minimum(step, left());
    const signed = mul(h, way);
    const times = (row: readonly number[]) => row.map((a) => (a === 0 ? 0 : mul(signed, a)));
    const k: Tensor[][] = [valuesOf(slope)];
    let next = y;
    ROWS.forEach((row, i) => {
      next = sumOf(y, weighted(k, times(row)));
      k.push(problem.slope(next, add(t, mul(signed, NODES[i]))));
    });
    const error = relativeError(y, next, weighted(k, times(ERROR)), tolerance);

    const taken = lessEqual(error, 1);
    const choose = (a: readonly Tensor[], b: readonly Tensor[]) =>
      a.map((part, p) => where(perRow(taken, part), part, b[p]));
    assign(state, choose(next, y));
    assign(slope, choose(k[k.length - 1], k[0]));
    const arrived = where(lessEqual(left(), h), to, add(t, signed));
    const factor = mul(pow(maximum(error, 1e-10), -0.2), STEP.safety);
    const most = where(taken, STEP.grow, 1);
    const change = minimum(maximum(factor, STEP.shrink), most);
    assign([time, step], [where(taken, arrived, t), mul(h, change)]);
  };

  return manyPasses(tries + 1, {
    kinds: [0, 1],
    pass: (i) => (i === 0 ? begin() : attempt()),
    left: () => max(left()),
    result: () => problem.result(valuesOf(state)),
    free: () => free([...state, ...slope, time, step]),
  });
}

/** Root mean square over all parts of what is off, in units of tolerance · (1 + |y|): [n]. */
function relativeError(
  before: readonly Tensor[],
  after: readonly Tensor[],
  off: readonly Tensor[],
  tolerance: number,
): Tensor {
  const sizes = before.map((part) => sizeOf(part.shape.slice(1)));
  const squares = before.map((part, p) => {
    const scale = mul(add(1, maximum(abs(part), abs(after[p]))), tolerance);
    return sumOfRows(square(div(off[p], scale)));
  });
  const count = sizes.reduce((a, b) => a + b);
  return sqrt(
    mul(
      squares.reduce((a, b) => add(a, b)),
      1 / count,
    ),
  );
}
