import { beforeAll, describe, expect, test } from 'vitest';
import {
  add,
  type Gpu,
  grad,
  logSumExp,
  matmul,
  mean,
  mul,
  neg,
  normal,
  reshape,
  sigmoid,
  softmax,
  stack,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
  uniform,
  type Variable,
  variable,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { annealedImportance } from '../models/energy/ais.ts';
import { ebm, SIDE } from '../models/energy/ebm.ts';
import { enumerated, integrated, squareAnnealing } from '../models/energy/partition.ts';
import { freeEnergy, gibbs, rbm, type Weights } from '../models/energy/rbm.ts';
import { chains, drawOnce } from '../models/sampler.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

/** All states of so many binary units, [2^units, units]. */
const states = (units: number) =>
  Float32Array.from(
    { length: units * 2 ** units },
    (_, i) => (Math.floor(i / units) >> (i % units)) & 1,
  );

const random = (visible: number, hidden: number): Weights => ({
  W: variable(normal([visible, hidden])),
  b: variable(mul(normal([visible]), 0.5)),
  c: variable(mul(normal([hidden]), 0.5)),
});

/** Gradients agree, relative to the largest, to what f32 sums allow. */
async function sameGradients(pairs: () => { got: Tensor[]; want: Tensor[] }) {
  const { got, want } = gpu.step(pairs)();
  const [found, expected] = await Promise.all(
    [got, want].map(async (list) => (await Promise.all(list.map(floats))).flatMap((v) => [...v])),
  );
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(0.01);
  expected.forEach((v, i) => {
    expect(Math.abs(found[i] - v)).toBeLessThan(1e-5 * largest);
  });
}

describe('the gradient of −log p is E_data ∂E − E_model ∂E', () => {
  test('of an EBM, with Z on a grid', async () => {
    const { energy, optimisers } = ebm(settle('ebm', 'two_moons', { hidden: 16 }));
    const { variables } = optimisers.optimiser;
    const h = (2 * SIDE) / 40;
    const grid = Float32Array.from(
      { length: 3200 },
      (_, i) => ((i % 2 ? (i >> 1) % 40 : Math.floor(i / 80)) + 0.5) * h - SIDE,
    );
    await sameGradients(() => {
      const [data, all] = [tensor(grid.subarray(0, 64), [32, 2]), tensor(grid, [1600, 2])];
      const low = mean(energy(data));
      const energies = energy(all);
      const p = stopGradient(softmax(neg(energies)));
      return {
        got: grad(add(low, logSumExp(neg(energies))), variables),
        want: grad(sub(low, sum(mul(p, energies))), variables),
      };
    });
  });

  test('of an RBM, against products of what is seen and p(h|v)', async () => {
    const { W, b, c } = random(6, 4);
    const data = states(6).subarray(6 * 5, 6 * 21);
    await sameGradients(() => {
      const [v, all] = [tensor(data, [16, 6]), tensor(states(6), [64, 6])];
      const energies = freeEnergy({ W, b, c }, all);
      const loss = add(mean(freeEnergy({ W, b, c }, v)), logSumExp(neg(energies)));
      const p = reshape(softmax(neg(energies)), [64, 1]);
      const h = (x: Tensor) => sigmoid(add(matmul(x, W), c));
      const model = mul(all, p);
      return {
        got: grad(loss, [W, b, c]),
        want: [
          sub(matmul(model, h(all), { ta: true }), mul(matmul(v, h(v), { ta: true }), 1 / 16)),
          sub(sum(model, 0), mean(v, 0)),
          sub(sum(mul(h(all), p), 0), mean(h(v), 0)),
        ],
      };
    });
  });
});

describe('Gibbs sampling of an RBM', () => {
  const N = 1 << 13;

  test('visits states as often as exp(−F) / Z says', async () => {
    const weights = random(4, 3);
    const density = gpu.step((v: Tensor) => softmax(neg(freeEnergy(weights, v))));
    const p = await floats(density(tensor(states(4), [16, 4])));
    const start = () => mul(uniform([N, 4]), 0);
    const move = (v: Tensor) => gibbs(weights, v);
    const v = await drawOnce(chains([N, 4], 50, { start, move }));
    const counts = new Float64Array(16);
    for (let i = 0; i < N; i++) {
      counts[v[4 * i] + 2 * v[4 * i + 1] + 4 * v[4 * i + 2] + 8 * v[4 * i + 3]]++;
    }
    p.forEach((share, state) => {
      const deviation = Math.sqrt((share * (1 - share)) / N);
      expect(Math.abs(counts[state] / N - share)).toBeLessThan(5 * deviation + 1e-4);
    });
  });

  test('with all pixels but one held draws that one by its conditional', async () => {
    const base = new Float32Array(6);
    const model = rbm(settle('rbm', 'digits8', { hidden: 4, gibbs: 30 }), [2, 3, 1], base);
    (model.weights.W as Variable).write(await floats(normal([6, 4])));
    const image = [1, 0, 1, 1, 0, 1];
    const free = gpu.step((x: Tensor) => model.energy(x));
    const either = tensor(
      [0, 1].flatMap((v) => [...image.slice(0, 5), v]),
      [2, 2, 3, 1],
    );
    const [zero, one] = await floats(free(either));
    const share = 1 / (1 + Math.exp(one - zero));
    const given = Float32Array.from({ length: 6 * N }, (_, i) => image[i % 6]);
    const drawn = await drawOnce(model.complete(given, Uint8Array.of(1, 1, 1, 1, 1, 0)));
    let ones = 0;
    for (let i = 0; i < N; i++) {
      ones += drawn[6 * i + 5];
      for (let k = 0; k < 5; k++) if (drawn[6 * i + k] !== image[k]) throw new Error('not held');
    }
    const deviation = Math.sqrt((share * (1 - share)) / N);
    expect(Math.abs(ones / N - share)).toBeLessThan(5 * deviation);
  });
});

describe('the partition function', () => {
  test('Σ p(v) = 1, by either layer', async () => {
    const total = async (visible: number, hidden: number) => {
      const weights = random(visible, hidden);
      const energies = gpu.step((v: Tensor) => freeEnergy(weights, v));
      const logZ = await enumerated(weights);
      const all = tensor(states(visible), [2 ** visible, visible]);
      return (await floats(energies(all))).reduce((s, f) => s + Math.exp(-f - logZ), 0);
    };
    expect(Math.abs((await total(6, 4)) - 1)).toBeLessThan(1e-5);
    expect(Math.abs((await total(4, 6)) - 1)).toBeLessThan(1e-5);
  });

  test('of a mixture of normal laws on the square: quadrature and AIS give its integral', async () => {
    const energy = (x: Tensor) => {
      const wells = [-1.5, 1.5].map((at) => {
        const away = sub(x, tensor([at, 0]));
        return mul(sum(mul(away, away), 1), -2); // variance 1/4
      });
      return neg(logSumExp(stack(wells, 1), 1));
    };
    const exact = Math.log(2 * ((2 * Math.PI) / 4));
    expect(Math.abs((await integrated(energy, SIDE)) - exact)).toBeLessThan(1e-4);
    const path = squareAnnealing(energy, { side: SIDE, eps: 0.1, chains: 500 });
    const { logZ, error } = await annealedImportance(path, 300);
    expect(error).toBeLessThan(0.1);
    expect(Math.abs(logZ - exact)).toBeLessThan(5 * error);
  });
});
