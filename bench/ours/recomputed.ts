import { cast, gather, open, reshape, slice, variable, writeRows } from '../../engine/index.ts';
import { placeOf, type Reader, type SequenceModel } from '../../models/autoregressive/sequence.ts';
import { imageOf } from '../problems/generate_image.ts';
import { type Builders, build } from '../problems/kinds.ts';
import type { Contestant, Work } from '../types.ts';
import { again, audioModel, drawing, imageModel, rowDrawing, textModel } from './generation.ts';

/** A reader that keeps the symbols alone, and runs the whole network on all T places each time. */
function forgetful(model: SequenceModel, length: number, known: Float32Array): Reader {
  const fronts = new Float32Array(length + 1); // what stands in front of each place; first the start
  fronts.set(known, 1);
  const seen = variable(fronts, [1, length + 1], { name: 'seen' });
  return {
    next(before, at) {
      const all = writeRows(seen, reshape(cast(before, 'f32'), [1, 1]), placeOf(at), 1);
      const logits = model.logits(cast(slice(all, [null, [1]]), 'u32')); // [1, T, V]
      return gather(reshape(logits, logits.shape.slice(1)), placeOf(at));
    },
    dispose: () => seen.dispose(),
  };
}

/** Text, audio and images with nothing kept but what was drawn. */
const recomputations: Builders<Work> = {
  generateText(p, inputs) {
    const reader = forgetful(textModel(p, inputs), p.steps, new Float32Array(0));
    return again(drawing(reader, p.steps, p.classes), 0, p.steps, p.vocab - 1);
  },

  generateAudio(p, inputs) {
    const known = p.context - p.count;
    const reader = forgetful(audioModel(p, inputs), p.context, inputs.samples);
    const front = inputs.samples[known - 1];
    return again(drawing(reader, p.count, p.levels), known, p.count, front);
  },

  generateImage(p, inputs) {
    const model = imageModel(p, inputs);
    const start = p.row * p.side;
    const image = imageOf(p, inputs.known, new Float32Array(0));
    const seen = variable(image, [1, p.side ** 2, 1], { name: 'seen' });
    const draw = rowDrawing(p, (at, before) => {
      const all = writeRows(seen, reshape(before, [1, 1, 1]), placeOf(at - 1), 1);
      const numbers = model.numbers(reshape(all, [1, p.side, p.side, 1])); // [1, H·W, K]
      return gather(reshape(numbers, numbers.shape.slice(1)), placeOf(at));
    });
    return again(draw, start, p.side, inputs.known[start - 1]);
  },
};

/** Eightfold without caches and queues: what these are measured against. */
export const contestant: Contestant = {
  name: 'full recomputation',
  async open(tuning) {
    await open({ tuning });
  },
  prepare: async (problem, inputs) => build(recomputations, problem, inputs),
};
