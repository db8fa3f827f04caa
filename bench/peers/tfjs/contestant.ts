import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs';
import { build } from '../../problems/kinds.ts';
import type { Contestant } from '../../types.ts';
import { kernels } from './kernels.ts';
import { moves } from './moves.ts';
import { samples } from './samples.ts';
import { trainings } from './training.ts';

/** TF.js on its WebGPU backend: eager ops, `tf.train.adam`, losses written from few ops. */
export const contestant: Contestant = {
  name: 'tfjs',
  async open() {
    await tf.setBackend('webgpu');
    await tf.ready();
    if (tf.getBackend() !== 'webgpu') throw new Error(`tfjs runs on ${tf.getBackend()}.`);
  },
  prepare: async (problem, inputs) =>
    build({ ...kernels, ...moves, ...trainings, ...samples }, problem, inputs),
};
