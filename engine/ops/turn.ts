import naive from '../../shaders/transpose/1_naive.wgsl';
import tiled from '../../shaders/transpose/2_tiled.wgsl';
import type { Chain, Read } from '../chain.ts';
import type { Contract } from '../choose.ts';
import { contiguous } from '../fuse.ts';

/** `batch` matrices of `cols` × `rows` turned to `rows` × `cols`. */
interface Turned {
  readonly rows: number;
  readonly cols: number;
  readonly batch: number;
}

const SIDE = 32;

export const transposeContract: Contract<Turned> = {
  name: 'transpose',
  variants: [
    {
      kernel: naive,
      launch: ({ rows, cols, batch }) => ({ groups: Math.ceil((rows * cols * batch) / 64) }),
    },
    {
      kernel: tiled,
      launch: ({ rows, cols, batch }) => ({
        groups: Math.ceil(rows / SIDE) * Math.ceil(cols / SIDE) * batch,
        overrides: { SIDE },
      }),
    },
  ],
  /** Tiles make reads and writes contiguous; on a CPU driver a barrier costs more than they save. */
  heuristic: (_, gpu) => (gpu.software ? naive : tiled),
};

/** A chain as the store of a transpose. */
export interface Turn {
  /** The operand of the chain that is turned. */
  readonly operand: number;
  readonly sizes: Turned;
  readonly params: Readonly<Record<string, number>>;
}

const LEAST = 8; // below, a tile is mostly empty

/** How a chain becomes the store of a transpose: one of its operands lies across; null if none does. */
export function turnOf(chain: Chain): Turn | null {
  const { loop, reads, outputs } = chain;
  if (outputs.length !== 1 || outputs[0].dtype !== 'f32' || loop.length > 4) return null;
  const operand = reads.findIndex((read) => rowOf(read, loop) >= 0);
  if (operand < 0) return null;
  const read = reads[operand];
  const row = rowOf(read, loop);
  const last = loop.length - 1;
  const whole = contiguous(loop);
  const rest = loop.map((_, d) => d).filter((d) => d !== row && d !== last);
  const [b, a] = [rest.pop(), rest.pop()];
  const size = (d?: number) => (d === undefined ? 1 : loop[d]);
  const of = (strides: readonly number[], d?: number) => (d === undefined ? 0 : strides[d]);
  return {
    operand,
    sizes: { rows: loop[row], cols: loop[last], batch: size(a) * size(b) },
    params: {
      ...{ na: size(a), nb: size(b), nr: loop[row], nc: loop[last] },
      ...{ start: read.operand.offset, xa: of(read.strides, a), xb: of(read.strides, b) },
      ...{ xc: read.strides[last], ya: of(whole, a), yb: of(whole, b), yr: whole[row] },
    },
  };
}

/** The dimension along which an operand's elements are neighbours, where that is not the last; else -1. */
function rowOf({ pattern, strides, operand }: Read, loop: readonly number[]): number {
  const last = loop.length - 1;
  const across = pattern === 'strided' && operand.tensor.dtype === 'f32' && strides[last] > 1;
  if (!across || loop[last] < LEAST || strides.some((s) => s < 0)) return -1;
  return strides.findIndex((s, d) => s === 1 && loop[d] >= LEAST);
}
