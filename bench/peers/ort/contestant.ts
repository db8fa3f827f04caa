import * as ort from 'onnxruntime-web/webgpu';
import { build } from '../../problems/kinds.ts';
import type { Contestant } from '../../types.ts';
import { kernels } from './kernels.ts';
import { moves } from './moves.ts';

/** ONNX Runtime Web on WebGPU: graphs of one op or two. It has no gradients, so it trains nothing. */
export const contestant: Contestant = {
  name: 'ort-web',
  async open() {
    // the server of the bench hands out its WebAssembly, which the bundle does not hold
    ort.env.wasm.wasmPaths = '/bench/peers/node_modules/onnxruntime-web/dist/';
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
  },
  prepare: async (problem, inputs) => build({ ...kernels, ...moves }, problem, inputs),
};
