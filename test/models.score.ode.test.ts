import { beforeAll, describe, expect, test } from 'vitest';
import { cos, mul, reshape, tensor } from '../engine/index.ts';
import { type Problem, type Solver, solve } from '../models/score/ode.ts';
import { drawOnce } from '../models/sampler.ts';
import { ready } from './open.ts';

beforeAll(async () => {
  await ready(0);
});

const SPEEDS = [1, 4, 30];

/** dy/dt = v cos(v t) y, whose solution is exp(sin(v t)); each row has a speed v of its own. */
const swinging = (to: number, only?: number): Problem => {
  const speeds = only === undefined ? SPEEDS : [SPEEDS[only]];
  const rows = speeds.length;
  return {
    shapes: [[rows, 1]],
    start: () => [tensor(new Float32Array(rows).fill(1), [rows, 1])],
    slope: ([y], t) => {
      const v = tensor(speeds);
      return [mul(y, reshape(mul(v, cos(mul(v, t))), [rows, 1]))];
    },
    from: 0,
    to,
    result: ([y]) => y,
  };
};
const solved = async (problem: Problem, solver: Solver) =>
  (await drawOnce(solve(problem, solver))) as Float32Array;
const exact = (to: number) => SPEEDS.map((v) => Math.exp(Math.sin(v * to)));

describe('solvers', () => {
  test.each([1.3, -1.3])('Heun is of second order, to t = %f', async (to) => {
    const errors = async (steps: number) => {
      const found = await solved(swinging(to), { method: 'heun', steps });
      return exact(to).map((v, i) => Math.abs(found[i] - v));
    };
    const [coarse, fine] = [await errors(40), await errors(80)];
    expect(coarse[1] / fine[1]).toBeCloseTo(4, 0);
  });

  test.each([1.3, -1.3])(
    'Dormand–Prince keeps to its tolerance in every row, to t = %f',
    async (to) => {
      const errors = async (tolerance: number) => {
        const found = await solved(swinging(to), { method: 'rk45', tolerance, tries: 400 });
        return exact(to).map((v, i) => Math.abs(found[i] - v));
      };
      const [coarse, fine] = [await errors(1e-3), await errors(1e-5)];
      for (const i of SPEEDS.keys()) {
        // What a step is off by grows to e² times as much at most; there are some tens of steps.
        expect(coarse[i]).toBeLessThan(100 * 1e-3);
        expect(fine[i]).toBeLessThan(100 * 1e-5);
      }
      expect(coarse[2]).toBeGreaterThan(10 * fine[2]);
    },
  );

  test('rows have step sizes of their own: the same alone as beside others', async () => {
    const solver: Solver = { method: 'rk45', tolerance: 1e-4, tries: 400 };
    const together = await solved(swinging(1.3), solver);
    for (const i of SPEEDS.keys()) {
      const [alone] = await solved(swinging(1.3, i), solver);
      expect(alone).toBe(together[i]);
    }
  });

  test('the adaptive one ends as soon as it is there, and throws when it is not', async () => {
    let passes = 0;
    const counted: Problem = {
      ...swinging(0.1, 0),
      slope(y, t) {
        passes++;
        return swinging(0.1, 0).slope(y, t);
      },
    };
    await solved(counted, { method: 'rk45', tolerance: 1e-4, tries: 4000 });
    expect(passes).toBeLessThan(6 * 20);
    const few = solve(swinging(50), { method: 'rk45', tolerance: 1e-6, tries: 10 });
    await expect(few.draw()).rejects.toThrow('after 11 passes');
    few.dispose();
  });
});
