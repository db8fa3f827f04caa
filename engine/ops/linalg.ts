import lu from '../../shaders/lu/1_serial.wgsl';
import luVec4 from '../../shaders/lu/2_vec4.wgsl';
import luWorkgroup from '../../shaders/lu/3_workgroup.wgsl';
import columns from '../../shaders/lu_inverse/1_columns.wgsl';
import substitute from '../../shaders/triangular_solve/1_columns.wgsl';
import { about, demand } from '../errors.ts';
import { lines } from '../kernel.ts';
import { op, type Run, type Slot, toTensor } from '../op.ts';
import { type Arg, dims, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { tril, triu } from './layout.ts';
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

const batchOf = (a: { shape: Shape }): { batch: number; n: number } => ({
  batch: sizeOf(a.shape.slice(0, -2)),
  n: a.shape[a.shape.length - 1],
});

/** LU factors of matrices into scratch, ln |det| into log_det; bench: lu/small, lu/large. */
function factor(k: Run, a: Slot, log_det: Slot): { lu: Slot; order: Slot } {
  const { batch, n } = batchOf(a);
  const factors = { lu: k.scratch(a.size), order: k.scratch(batch * n, 'u32') };
  // On a software driver every barrier costs more than a column of a small matrix.
  const shared = !k.gpu.software || (n > 64 && batch < 4);
  const kernel = shared ? luWorkgroup : n % 4 === 0 ? luVec4 : lu;
  const WIDTH = shared && !k.gpu.software ? 64 : 4;
  const groups = lines(shared ? batch : Math.ceil(batch / WIDTH));
  k.dispatch(kernel, { a, ...factors, log_det }, { batch, n }, groups, { WIDTH });
  return factors;
}

const logAbsDetOp = op('logAbsDet', {
  shape([a]) {
    demandMatrices(a);
    return a.shape.slice(0, -2);
  },
  run(k, [y], [a]) {
    if (y.size === 0) return;
    if (a.size === 0) k.fill(y, 0);
    else factor(k, a, y);
  },
  vjp: ([g], [a]) => [mul(reshape(g, [...g.shape, 1, 1]), transpose(inverse(a)))],
  flops: (_, [a]) => (2 / 3) * a.size * batchOf(a).n,
});

/**
 * ln |det A| of matrices [..., n, n], by elimination with partial pivoting; −Inf where one is
 * singular. The error is at most 2 n 2⁻²⁴ times the condition number, besides its own rounding.
 */
export const logAbsDet = (a: Arg): Tensor => logAbsDetOp([a]);

const inverseOp = op('inverse', {
  shape([a]) {
    demandMatrices(a);
    return a.shape;
  },
  run(k, [y], [a]) {
    if (y.size === 0) return;
    const { batch, n } = batchOf(a);
    const factors = factor(k, a, k.scratch(batch));
    const groups = lines(Math.ceil((batch * n) / 64));
    k.dispatch(columns, { ...factors, y }, { batch, n, nan: NAN }, groups);
  },
  vjp: ([g], _, __, [y]) => [neg(matmul(matmul(y, g, { ta: true }), y, { tb: true }))],
  flops: (_, [a]) => (8 / 3) * a.size * batchOf(a).n,
});

/**
 * A⁻¹ of matrices [..., n, n]; all NaN where one is singular. The error, relative to the largest row
 * sum, is at most 2 n 2⁻²⁴ times the condition number.
 */
export const inverse = (a: Arg): Tensor => inverseOp([a]);

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
    const { batch, n } = batchOf(a);
    const cols = b.shape[b.shape.length - 1];
    const groups = lines(Math.ceil((batch * cols) / 64));
    const overrides = { UPPER: +upper, UNIT: +unit, TRANSPOSE: +turned };
    if (y.size > 0) k.dispatch(substitute, { a, b, y }, { batch, n, cols }, groups, overrides);
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
