import * as jax from '@jax-js/jax';
import { build } from '../../problems/kinds.ts';
import type { Contestant } from '../../types.ts';
import { kernels } from './kernels.ts';
import { moves } from './moves.ts';
import { trainings } from './training.ts';

/** jax-js on WebGPU, under jit, which is its documented fast path. */
export const contestant: Contestant = {
  name: 'jax-js',
  async open() {
    await jax.init('webgpu');
    jax.defaultDevice('webgpu');
  },
  prepare: async (problem, inputs) =>
    build({ ...kernels, ...moves, ...trainings }, problem, inputs),
};
