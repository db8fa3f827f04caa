import type { Problem } from './types.ts';

export interface Case {
  name: string;
  problem: Problem;
  /** Rough seconds it takes with all contestants, for the ETA. */
  cost: number;
}

const conv = { kind: 'conv', batch: 8, height: 28, width: 28, cin: 32, cout: 64, size: 3 } as const;
const matmul = (n: number): Problem => ({ kind: 'matmul', m: n, n, k: n });

/** Every case of the bench, in the order they run. */
export const cases: Case[] = [
  { name: 'matmul 512', problem: matmul(512), cost: 12 },
  { name: 'matmul 1024', problem: matmul(1024), cost: 40 },
  { name: 'conv2d 3x3 8x28x28 32-64', problem: { ...conv, backward: false }, cost: 15 },
  { name: 'conv2d 3x3 8x28x28 32-64 fwd+bwd', problem: { ...conv, backward: true }, cost: 35 },
  {
    name: 'train mlp 2-128-128-2 mse',
    problem: { kind: 'train', widths: [2, 128, 128, 2], batch: 256, loss: 'mse' },
    cost: 15,
  },
  {
    name: 'train mlp 784-512-512-784 bce',
    problem: { kind: 'train', widths: [784, 512, 512, 784], batch: 64, loss: 'bce' },
    cost: 35,
  },
  { name: 'js 500 pointwise ops', problem: { kind: 'host', ops: 500, mix: 'pointwise' }, cost: 4 },
  { name: 'js 500 mixed ops', problem: { kind: 'host', ops: 500, mix: 'mixed' }, cost: 4 },
];
