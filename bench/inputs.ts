import type { Inputs, Problem } from './types.ts';

/** Uniform numbers in [0, 1): mulberry32, the same on every machine. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `n` numbers, uniform in [-bound, bound). */
function uniform(n: number, bound: number, random: () => number): Float32Array {
  return Float32Array.from({ length: n }, () => (2 * random() - 1) * bound);
}

/** Uniform in [-1, 1) with one element in 997 a hundred times larger: cancellation shows. */
function spiky(n: number, random: () => number): Float32Array {
  return uniform(n, 1, random).map((v, i) => (i % 997 === 500 ? v * 100 : v));
}

/** The numbers every contestant starts from. */
export function makeInputs(problem: Problem, seed = 8): Inputs {
  const random = generator(seed);
  switch (problem.kind) {
    case 'matmul':
      return {
        a: spiky(problem.m * problem.k, random),
        b: spiky(problem.k * problem.n, random),
      };
    case 'conv': {
      const { batch, height, width, cin, cout, size } = problem;
      return {
        x: spiky(batch * height * width * cin, random),
        w: spiky(size * size * cin * cout, random),
        g: spiky(batch * height * width * cout, random),
      };
    }
    case 'train':
      return trainInputs(problem, random);
    case 'host':
      return { x: uniform(64, 1, random), w: uniform(64, 0.3, random), b: uniform(8, 1, random) };
  }
}

/** Weights `w0 b0 w1 ...` in ±1/√fan_in, a batch `x` and its targets `y`. */
function trainInputs(problem: Problem & { kind: 'train' }, random: () => number): Inputs {
  const { widths, batch, loss } = problem;
  const inputs: Inputs = {};
  for (let i = 0; i + 1 < widths.length; i++) {
    const bound = 1 / Math.sqrt(widths[i]);
    inputs[`w${i}`] = uniform(widths[i] * widths[i + 1], bound, random); // [in, out]
    inputs[`b${i}`] = uniform(widths[i + 1], bound, random);
  }
  // bce reconstructs pixel-like numbers in [0, 1); mse learns a smooth map of the plane
  inputs.x = uniform(batch * widths[0], 1, random);
  if (loss === 'bce') inputs.x = inputs.x.map((v) => Math.max(v, 0));
  inputs.y = inputs.x.map((v) => (loss === 'bce' ? v : Math.sin(3 * v)));
  return inputs;
}
