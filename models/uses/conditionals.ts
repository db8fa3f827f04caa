import { currentGpu, reshape, softmax, type Tensor, tensor, variable } from '../../engine/index.ts';
import type { Autoregressive } from '../autoregressive/autoregressive.ts';
import type { Alphabet, SequenceModel } from '../autoregressive/sequence.ts';
import { startOf } from '../autoregressive/sequence.ts';
import type { Conditionals } from './coding.ts';

/** What a model says of n images, whose values are levels, pixel after pixel in the order of its walk. */
export function ofImages({ pixel, walk }: Autoregressive, n: number): Conditionals {
  const { colours, levels, size } = pixel;
  const gpu = currentGpu();
  const way = walk(n);
  const numbers = variable(null, [n, size], { name: 'numbers' });
  const advance = gpu.step((t: number, before: Tensor) => {
    numbers.assign(way.advance(t, before));
  });
  const read = gpu.step((x: Tensor, colour: number) =>
    pixel.probabilities(reshape(numbers, [n, size]), x, colour),
  );
  const places = way.passes * colours;

  /** The values of pixel t of all images, 0..1; 0 where they are not known yet. */
  const pixelOf = (values: Uint8Array, t: number) => {
    const x = new Float32Array(n * colours);
    for (let i = 0; i < x.length && t >= 0; i++) {
      const [row, colour] = [Math.floor(i / colours), i % colours];
      x[i] = values[row * places + t * colours + colour] / (levels - 1);
    }
    return tensor(x, [n, colours]);
  };

  return {
    rows: n,
    places,
    async at(place, values) {
      const [t, colour] = [Math.floor(place / colours), place % colours];
      if (colour === 0) advance(t, pixelOf(values, t - 1));
      return (await read(pixelOf(values, t), colour).data()) as Float32Array;
    },
    dispose() {
      for (const held of [advance, read, numbers, way]) held.dispose();
    },
  };
}

/** What a model says of sequences of these lengths, symbol after symbol. */
export function ofSequences(
  model: SequenceModel,
  alphabet: Alphabet,
  lengths: readonly number[],
): Conditionals {
  const n = lengths.length;
  const places = Math.max(...lengths);
  const reader = model.reader(n);
  const step = currentGpu().step((before: Tensor, at: number) => softmax(reader.next(before, at)));
  return {
    rows: n,
    places,
    async at(place, values) {
      const before = Uint32Array.from({ length: n }, (_, row) =>
        place === 0 ? startOf(alphabet) : values[row * places + place - 1],
      );
      return (await step(tensor(before), place).data()) as Float32Array;
    },
    has(row, place, values) {
      const ended = alphabet.ended && place > 0 && values[row * places + place - 1] === 0;
      return place < lengths[row] && !ended;
    },
    dispose() {
      step.dispose();
      reader.dispose();
    },
  };
}
