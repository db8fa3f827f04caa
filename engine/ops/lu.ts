import serial from '../../shaders/lu/1_serial.wgsl';
import vec4 from '../../shaders/lu/2_vec4.wgsl';
import workgroup from '../../shaders/lu/3_workgroup.wgsl';
import shared from '../../shaders/lu/4_shared.wgsl';
import panelStorage from '../../shaders/lu_panel/1_storage.wgsl';
import panelShared from '../../shaders/lu_panel/2_shared.wgsl';
import updateColumns from '../../shaders/lu_update/1_columns.wgsl';
import updateVec4 from '../../shaders/lu_update/2_vec4.wgsl';
import updateStrip from '../../shaders/lu_update/3_strip.wgsl';
import { type Contract, dispatch } from '../choose.ts';
import type { Run, Slot } from '../op.ts';
import { type Shape, sizeOf } from '../tensor.ts';

/** `batch` square matrices of size n. */
export interface Matrices {
  readonly batch: number;
  readonly n: number;
}

export const batchOf = (a: { shape: Shape }): Matrices => ({
  batch: sizeOf(a.shape.slice(0, -2)),
  n: a.shape[a.shape.length - 1],
});

export const luContract: Contract<Matrices> = {
  name: 'lu',
  variants: [
    { kernel: serial, launch: ({ batch }) => each(batch) },
    { kernel: vec4, applies: ({ n }) => n % 4 === 0, launch: ({ batch }) => each(batch) },
    {
      kernel: workgroup,
      launch: ({ batch }, { software }) => ({
        groups: batch,
        overrides: { WIDTH: software ? 4 : 64 },
      }),
    },
    {
      kernel: shared,
      applies: ({ n }) => n <= 64,
      launch: ({ batch, n }) => ({ groups: batch, overrides: { WIDTH: n <= 32 ? 32 : 64 } }),
    },
  ],
  /**
   * A GPU keeps a matrix that fits in shared memory. On a CPU driver every barrier costs more than a
   * column of a small matrix, so a thread has one for itself.
   */
  heuristic({ batch, n }, { software }) {
    if (!software) return n <= 64 ? shared : workgroup;
    if (n > 64 && batch < 4) return workgroup;
    return n % 4 === 0 ? vec4 : serial;
  },
};

/** A matrix per thread, few threads to a workgroup: there are seldom many. */
const each = (batch: number) => ({ groups: Math.ceil(batch / 4), overrides: { WIDTH: 4 } });

interface Step extends Matrices {
  /** The columns first ... first + width - 1. */
  readonly first: number;
  readonly width: number;
}

/** Whether a panel, its height rounded up to 32, lies in shared memory whole, in vec4s. */
const fitsShared = ({ n, first, width }: Step): boolean =>
  n % 4 === 0 && width <= 16 && Math.ceil((n - first) / 32) * 32 * width <= 4096;

export const panelContract: Contract<Step> = {
  name: 'lu_panel',
  variants: [
    {
      kernel: panelStorage,
      launch: ({ batch }, { software }) => ({
        groups: batch,
        overrides: { WIDTH: software ? 4 : 128 },
      }),
    },
    {
      kernel: panelShared,
      applies: fitsShared,
      launch: ({ batch }, { software }) => ({
        groups: batch,
        overrides: { WIDTH: software ? 4 : 256 },
      }),
    },
  ],
  /** Shared memory pays on a GPU alone. */
  heuristic: (s, { software }) => (!software && fitsShared(s) ? panelShared : panelStorage),
};

export const updateContract: Contract<Step> = {
  name: 'lu_update',
  variants: [
    {
      kernel: updateColumns,
      launch: ({ batch, n }) => ({ groups: Math.ceil((batch * n) / 64), overrides: { WIDTH: 64 } }),
    },
    {
      kernel: updateVec4,
      applies: ({ n }) => n % 4 === 0,
      launch: ({ batch, n }) => ({
        groups: Math.ceil((batch * n) / 16),
        overrides: { WIDTH: 4 },
      }),
    },
    {
      kernel: updateStrip,
      launch: ({ batch, n }) => ({ groups: batch * Math.ceil(n / 32), overrides: { DEEP: 8 } }),
    },
  ],
  /** A GPU needs threads that share a column; a CPU driver reuse in registers and no barrier. */
  heuristic: ({ n }, { software }) =>
    software ? (n % 4 === 0 ? updateVec4 : updateColumns) : updateStrip,
};

/** From this size on a matrix is factored by panels: a GPU's shared memory holds none of its own then. */
const largeFor = (software: boolean): number => (software ? 96 : 65);

/** Columns of a panel: what a GPU's shared memory holds of the whole height, at most 16. */
const widthOf = (n: number): number => Math.max(4, Math.min(16, Math.floor(4096 / n / 4) * 4));

interface Factored {
  readonly factors: Slot;
  readonly order: Slot;
  readonly logDet: Slot;
  readonly sign: Slot;
}

/** P · a = L · U by elimination with partial pivoting, of small matrices each in one go, else by panels. */
export function eliminate(k: Run, a: Slot, { factors, order, logDet, sign }: Factored): void {
  const { batch, n } = batchOf(a);
  if (batch === 0) return;
  if (n === 0) {
    k.fill(logDet, 0);
    k.fill(sign, 1);
    return;
  }
  const results = { log_det: logDet, sign };
  const { software } = k.gpu;
  if (n < largeFor(software) || (batch >= 64 && software)) {
    dispatch(k, luContract, { batch, n }, { a, lu: factors, order, ...results }, { batch, n });
    return;
  }
  k.copy(a, factors);
  const swaps = k.scratch(batch * n, 'u32');
  const most = widthOf(n);
  for (let first = 0; first < n; first += most) {
    const step = { batch, n, first, width: Math.min(most, n - first) };
    dispatch(k, panelContract, step, { lu: factors, swaps, ...results }, step);
    dispatch(k, updateContract, step, { swaps, lu: factors, order }, step);
  }
}
