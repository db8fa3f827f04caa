import columns from '../../shaders/lu_inverse/1_columns.wgsl';
import blocks from '../../shaders/lu_inverse/2_blocks.wgsl';
import substitute from '../../shaders/triangular_solve/1_columns.wgsl';
import substituteVec4 from '../../shaders/triangular_solve/2_vec4.wgsl';
import { type Contract, dispatch, type Variant } from '../choose.ts';
import { about, demand } from '../errors.ts';
import type { Kernel } from '../kernel.ts';
import { type Adapter, op, toTensor } from '../op.ts';
import { type Arg, dims, type Tensor } from '../tensor.ts';
import { tril, triu } from './layout.ts';
import { batchOf, eliminate, type Matrices } from './lu.ts';
import { matmul } from './matmul.ts';
import { broadcastShapes, mul, neg } from './pointwise.ts';
import { broadcastTo, reshape, transpose } from './view.ts';

const NAN = 0x7fc00000; // bits of the f32

function demandMatrices(t: Tensor): void {
  const [n, m] = t.shape.slice(-2);
  demand(
    t.shape.length >= 2 && n === m && t.dtype === 'f32',
    () => `${dims(t)} ${t.dtype}, expected square matrices [..., n, n] of f32. Check the shape.`,
  );
}

const [LOG_DET, SIGN] = [2, 3];

/** Factors of a = L · U, which row of a stands where, ln |det| and the sign of det. */
const luOp = op('lu', {
  shape([a]) {
    demandMatrices(a);
    const batch = a.shape.slice(0, -2);
    const one = { shape: batch, dtype: a.dtype };
    const order = { shape: a.shape.slice(0, -1), dtype: 'u32' as const };
    return [{ shape: a.shape, dtype: a.dtype }, order, one, one];
  },
  run: (k, [factors, order, logDet, sign], [a]) =>
    eliminate(k, a, { factors, order, logDet, sign }),
  vjp: ([, , g], [a], _, [factors, order]) => [
    g && mul(reshape(g, [...g.shape, 1, 1]), transpose(inverseOp([a, factors, order]))),
  ],
  flops: (_, [a]) => (2 / 3) * a.size * batchOf(a).n,
});

const byColumns = (kernel: Kernel, wide: number): Variant<Matrices> => ({
  kernel,
  applies: ({ n }) => n % wide === 0,
  launch: ({ batch, n }, { software }) => columnsOf(batch * (n / wide), software),
});

/** Threads that each have a column or four; on a CPU few per workgroup, so that all cores have some. */
function columnsOf(threads: number, software: boolean) {
  const WIDTH = software && threads < 1024 ? 4 : 64;
  return { groups: Math.ceil(threads / WIDTH), overrides: { WIDTH } };
}

/**
 * Whether a thread should have four columns, of `cols` in each matrix. A GPU needs the threads more
 * than the fewer loads, unless there are many columns; and a subgroup should share a matrix, so that
 * all of it reads one factor.
 */
const foursPay = (batch: number, cols: number, { software }: Adapter): boolean =>
  cols % 4 === 0 && (software || (cols >= 128 && batch * cols >= 1 << 15));

export const inverseContract: Contract<Matrices> = {
  name: 'lu_inverse',
  variants: [byColumns(columns, 1), byColumns(blocks, 4)],
  /** As `foursPay` says. */
  heuristic: ({ batch, n }, gpu) => (foursPay(batch, n, gpu) ? blocks : columns),
};

interface Triangles extends Matrices {
  readonly cols: number;
  readonly upper: boolean;
  readonly unit: boolean;
  readonly transpose: boolean;
}

const bySubstitution = (kernel: Kernel, wide: number): Variant<Triangles> => ({
  kernel,
  applies: ({ cols }) => cols % wide === 0,
  launch({ batch, cols, upper, unit, transpose: turned }, { software }) {
    const { groups, overrides } = columnsOf(batch * (cols / wide), software);
    const forms = { UPPER: +upper, UNIT: +unit, TRANSPOSE: +turned };
    return { groups, overrides: { ...overrides, ...forms } };
  },
});

export const solveContract: Contract<Triangles> = {
  name: 'triangular_solve',
  variants: [bySubstitution(substitute, 1), bySubstitution(substituteVec4, 4)],
  /** As `foursPay` says. */
  heuristic: ({ batch, cols }, gpu) => (foursPay(batch, cols, gpu) ? substituteVec4 : substitute),
};

/** The outputs of `luOp`, checked in the name of the function that was called. */
function factorsOf(a: Arg): Tensor[] {
  const t = toTensor(a);
  demandMatrices(t);
  return luOp.all([t]);
}

/**
 * ln |det A| of matrices [..., n, n], by elimination with partial pivoting; −Inf where one is
 * singular. The error is at most 2 n 2⁻²⁴ times the condition number, besides its own rounding.
 */
export const logAbsDet = (a: Arg): Tensor => about('logAbsDet', () => factorsOf(a)[LOG_DET]);

/** ln |det A| as `logAbsDet`, and the sign of det A: 1, −1, or 0 where it is singular. */
export const slogdet = (a: Arg): { sign: Tensor; logAbsDet: Tensor } =>
  about('slogdet', () => {
    const outputs = factorsOf(a);
    return { sign: outputs[SIGN], logAbsDet: outputs[LOG_DET] };
  });

/** A⁻¹ from A's factors; its gradient is A's. */
const inverseOp = op('inverse', {
  shape: ([a]) => a.shape,
  run(k, [y], [, factors, order]) {
    const { batch, n } = batchOf(y);
    if (y.size === 0) return;
    dispatch(k, inverseContract, { batch, n }, { lu: factors, order, y }, { batch, n, nan: NAN });
  },
  vjp: ([g], _, __, [y]) => [neg(matmul(matmul(y, g, { ta: true }), y, { tb: true })), null, null],
  flops: ([y]) => 2 * y.size * batchOf(y).n,
});

/**
 * A⁻¹ of matrices [..., n, n]; all NaN where one is singular. The error, relative to the largest row
 * sum, is at most 2 n 2⁻²⁴ times the condition number.
 */
export const inverse = (a: Arg): Tensor =>
  about('inverse', () => {
    const t = toTensor(a);
    const [factors, order] = factorsOf(t);
    return inverseOp([t, factors, order]);
  });

/** Which triangle is read and how. */
export interface Triangular {
  /** The upper triangle instead of the lower one. */
  upper?: boolean;
  /** Ones on the diagonal, whatever stands there. */
  unit?: boolean;
  /** Solve Aᵀ X = B. */
  transpose?: boolean;
}

const solveOp = op<Required<Triangular>>('triangularSolve', {
  shape: ([, b]) => b.shape,
  run(k, [y], [a, b], { upper, unit, transpose: turned }) {
    if (y.size === 0) return;
    const { batch, n } = batchOf(a);
    const cols = b.shape[b.shape.length - 1];
    const sizes = { batch, n, cols, upper, unit, transpose: turned };
    dispatch(k, solveContract, sizes, { a, b, y }, { batch, n, cols });
  },
  vjp([g], [a], attrs, [y]) {
    const { upper, unit, transpose: turned } = attrs;
    const gb = triangularSolve(a, g, { ...attrs, transpose: !turned });
    const ga = turned ? matmul(y, gb, { tb: true }) : matmul(gb, y, { tb: true });
    const skip = unit ? 1 : 0; // the diagonal is not read
    return [neg(upper ? triu(ga, skip) : tril(ga, -skip)), gb];
  },
  flops: ([y], [a]) => y.size * batchOf(a).n,
});

/**
 * X with A X = B, for triangular A [..., n, n] and B [..., n, m]; leading sizes broadcast. The other
 * triangle is not read. Not finite where A is singular.
 */
export const triangularSolve = (
  a: Arg,
  b: Arg,
  { upper = false, unit = false, transpose: turned = false }: Triangular = {},
): Tensor =>
  about('triangularSolve', () => {
    const [s, t] = [toTensor(a), toTensor(b)];
    demandMatrices(s);
    demand(
      t.dtype === 'f32' && t.shape.length >= 2 && t.shape[t.shape.length - 2] === batchOf(s).n,
      () =>
        `A ${dims(s)} and B ${dims(t)} ${t.dtype}, expected f32 [..., ${batchOf(s).n}, m]. Reshape B.`,
    );
    const batch = broadcastShapes(s.shape.slice(0, -2), t.shape.slice(0, -2));
    const full = (x: Tensor) => broadcastTo(x, [...batch, ...x.shape.slice(-2)]);
    return solveOp([full(s), full(t)], { upper, unit, transpose: turned });
  });
