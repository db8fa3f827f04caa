import {
  add,
  matmul,
  type nn,
  split,
  reshape,
  slice,
  type Tensor,
  tensor,
  variable,
  writeRows,
  type Arg,
} from '../../engine/index.ts';

/** Row and column of a pixel, or how far another lies from it. */
export type Place = readonly [row: number, column: number];

/** The last rows of a map of features [n, H·W, C] that is made pixel by pixel. */
export interface KeptRows {
  /** Puts features [n, C] at pixel number `t`, and gives what is kept now. Once in a step, first. */
  write(features: Arg, t: number): Tensor;
  /** Where the pixels lie that are so far from a place: indices along axis 1 of what is kept. */
  around(place: Place, offsets: readonly Place[]): Tensor;
  /** All of the map, where all rows are kept, after the last pixel: [n, H·W, C]. */
  whole(last: Arg): Tensor;
  dispose(): void;
}

/**
 * Keeps `rows` rows of a map of n × [height, width] × channels: row r lies where row r − rows lay.
 * In front of them lies one pixel of zeros, which stands for all outside of the map.
 */
export function keptRows(
  n: number,
  [height, width]: Place,
  channels: number,
  rows: number,
): KeptRows {
  const kept = variable(null, [n, 1 + rows * width, channels], { name: 'kept rows' });
  const slot = (row: number, column: number) => 1 + (row % rows) * width + column;
  return {
    write(features, t) {
      const at = t < 0 ? kept.shape[1] : slot(Math.floor(t / width), t % width); // none yet: dropped
      return writeRows(kept, reshape(features, [n, 1, channels]), at, 1);
    },
    around([row, column], offsets) {
      const slots = offsets.map(([dy, dx]) => {
        const [r, c] = [row + dy, column + dx];
        return r >= 0 && c >= 0 && c < width ? slot(r, c) : 0;
      });
      return tensor(slots, [slots.length], 'u32');
    },
    whole(last) {
      const all = writeRows(kept, reshape(last, [n, 1, channels]), slot(height - 1, width - 1), 1);
      return slice(all, [null, [1]]);
    },
    dispose: () => kept.dispose(),
  };
}

/** The `count` first offsets of a filter of [kh, kw] taps around its centre, in reading order. */
export function tapsOf([kh, kw]: readonly number[], count: number): Place[] {
  return Array.from({ length: count }, (_, tap) => [
    Math.floor(tap / kw) - (kh - 1) / 2,
    (tap % kw) - (kw - 1) / 2,
  ]);
}

/** What filters [kh, kw, C, O] make of the first taps, seen [n, taps, C], of one place: [n, O]. */
export function ofTaps(seen: Tensor, { weight, bias }: nn.Conv): Tensor {
  const [kh, kw, inputs, outputs] = weight.shape;
  const terms = seen.shape[1] * inputs;
  const matrix = reshape(weight, [kh * kw * inputs, outputs]);
  const first =
    terms < matrix.shape[0] ? split(matrix, [terms, matrix.shape[0] - terms])[0] : matrix;
  const y = matmul(reshape(seen, [seen.shape[0], terms]), first);
  return bias ? add(y, bias) : y;
}

/** A 1×1 convolution of pixels [n, C]: [n, O]. */
export const ofPixel = (x: Tensor, filter: nn.Conv): Tensor =>
  ofTaps(reshape(x, [x.shape[0], 1, x.shape[1]]), filter);
