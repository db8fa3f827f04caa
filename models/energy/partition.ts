import {
  abs,
  add,
  bernoulli,
  broadcastTo,
  currentGpu,
  less,
  logSumExp,
  matmul,
  max,
  mul,
  neg,
  sigmoid,
  softplus,
  sub,
  sum,
  type Tensor,
  tensor,
  uniform,
  where,
} from '../../engine/index.ts';
import { floats, total } from '../chunks.ts';
import type { Annealing } from './ais.ts';
import { mala, placeOf } from './langevin.ts';
import { exchanged, freeEnergy, type Rbm, type Weights } from './rbm.ts';

// What Z is: exactly where it is a sum or an integral that can be done, and the ways that annealed
// importance sampling goes where it cannot.

/** States or points that go through a step together. */
const CHUNK = 8192;
/** Units of the smaller layer of a machine that all states are gone through of, at most. */
export const ENUMERABLE = 20;

/** log Z of an RBM, by all states of its smaller layer: 2^units terms, nats. Outside of steps. */
export async function enumerated(weights: Weights) {
  const [visible, hidden] = weights.W.shape;
  const units = Math.min(visible, hidden);
  const machine = hidden <= visible ? exchanged : (same: Weights) => same;
  const size = Math.min(CHUNK, 2 ** units);
  const step = currentGpu().step((states: Tensor) =>
    logSumExp(neg(freeEnergy(machine(weights), states))),
  );
  const logs: number[] = [];
  for (let first = 0; first < 2 ** units; first += size) {
    const bits = Float32Array.from(
      { length: size * units },
      (_, i) => ((first + Math.floor(i / units)) >> (i % units)) & 1,
    );
    logs.push(await step(tensor(bits, [size, units])).item());
  }
  step.dispose();
  return logSum(logs);
}

/** log ∫ exp(−E) over the square [−side, side]², by the midpoint rule on 400×400 points, nats. */
export async function integrated(energy: (x: Tensor) => Tensor, side: number): Promise<number> {
  const points = 400;
  const h = (2 * side) / points;
  const at = (i: number) => (i + 0.5) * h - side;
  const step = currentGpu().step((x: Tensor) => neg(energy(x)));
  const logs: number[] = [];
  for (let row = 0; row < points; row += 20) {
    const part = Float32Array.from({ length: 2 * 20 * points }, (_, i) =>
      at(i % 2 === 0 ? row + Math.floor(i / 2 / points) : (i >> 1) % points),
    );
    logs.push(...(await floats(step(tensor(part, [20 * points, 2])))));
  }
  step.dispose();
  return logSum(logs) + 2 * Math.log(h);
}

/** log Σ exp in float64. */
function logSum(logs: readonly number[]): number {
  const most = logs.reduce((a, b) => Math.max(a, b));
  return most + Math.log(total(logs.map((v) => Math.exp(v - most))));
}

/**
 * From independent pixels of the machine's base rates to the machine, by Gibbs sampling:
 * log p*_β(v) = (1 − β) a·v + β b·v + Σ_j log(1 + exp(β (c_j + v·W_j))) (Salakhutdinov and Murray 2008,
 * section 4.1, with W_A = 0).
 */
export function machineAnnealing(
  { weights: { W, b, c }, base }: Pick<Rbm, 'weights' | 'base'>,
  chains: number,
): Annealing {
  const visible = base.length;
  const hidden = c.size;
  const a = () => tensor(base);
  const between = (beta: number) => add(mul(a(), 1 - beta), mul(b, beta));
  const inputs = (v: Tensor, beta: number) => mul(add(matmul(v, W), c), beta);
  return {
    shape: [chains, visible],
    start: () => bernoulli(broadcastTo(sigmoid(a()), [chains, visible])),
    logDensity: (v, beta) => add(sum(mul(v, between(beta)), 1), sum(softplus(inputs(v, beta)), 1)),
    move(v, beta) {
      const h = bernoulli(sigmoid(inputs(v, beta)));
      return bernoulli(sigmoid(add(between(beta), mul(matmul(h, W, { tb: true }), beta))));
    },
    logZ: hidden * Math.LN2 + total(base.map((l) => Math.log1p(Math.exp(l)))),
  };
}

/** From the uniform law on the square [−side, side]² to exp(−E) there, by MALA of step size ε. */
export function squareAnnealing(
  energy: (x: Tensor) => Tensor,
  { side, eps, chains }: { side: number; eps: number; chains: number },
): Annealing {
  const logDensity = (x: Tensor, beta: number) =>
    where(less(max(abs(x), 1), side), mul(energy(x), -beta), Number.NEGATIVE_INFINITY);
  return {
    shape: [chains, 2],
    start: () => mul(sub(uniform([chains, 2]), 0.5), 2 * side),
    logDensity,
    move: (x, beta) => {
      const density = (at: Tensor) => logDensity(at, beta);
      return mala(density, placeOf(density, x), eps).place.x;
    },
    logZ: 2 * Math.log(2 * side),
  };
}
