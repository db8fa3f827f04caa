import { about, demand } from '../errors.ts';
import { op, toTensor } from '../op.ts';
import { type Arg, dims, isFloat, type Shape, sizeOf, type Tensor } from '../tensor.ts';
import { broadcastShapes, cast } from './pointwise.ts';
import { multiply } from './product.ts';
import { sum } from './reduce.ts';
import { broadcastTo, reshape } from './view.ts';

/** Whether an operand is stored transposed: `ta` [k, m], `tb` [n, k]. */
export interface Transposes {
  readonly ta?: boolean;
  readonly tb?: boolean;
}

const matrix = (t: { shape: Shape }, turned: boolean): [number, number] => {
  const [r, c] = t.shape.slice(-2);
  return turned ? [c, r] : [r, c];
};
const batchOf = (t: { shape: Shape }): Shape => t.shape.slice(0, -2);

/** The product of two matrices or batches of one shape; a plain matrix serves all of a batch. */
const matmulOp = op<{ ta: boolean; tb: boolean }>('matmul', {
  epilogue: true,
  shape([a, b], { ta, tb }) {
    const batch = a.shape.length > 2 ? batchOf(a) : batchOf(b);
    return [...batch, matrix(a, ta)[0], matrix(b, tb)[1]];
  },
  flops: ([c], [a], { ta }) => 2 * c.size * matrix(a, ta)[1],
  run(r, [c], [a, b], { ta, tb }) {
    const [m, k] = matrix(a, ta);
    const n = matrix(b, tb)[1];
    const steps = {
      astep: a.shape.length > 2 ? m * k : 0,
      bstep: b.shape.length > 2 ? k * n : 0,
    };
    const half = c.dtype === 'f16';
    multiply(r, { m, n, k, batch: sizeOf(batchOf(c)), ta, tb, half }, { a, b, c }, steps);
  },
  vjp: ([g], [a, b], { ta, tb }) => [
    onto(a, ta ? matmul(b, g, { ta: tb, tb: true }) : matmul(g, b, { tb: !tb })),
    onto(b, tb ? matmul(g, a, { ta: true, tb: ta }) : matmul(a, g, { ta: !ta })),
  ],
});

/** The gradient of an operand: a matrix that served a whole batch gathers the batch's gradients. */
function onto(operand: Tensor, gradient: Tensor): Tensor {
  const extra = gradient.shape.length - operand.shape.length;
  const axes = Array.from({ length: extra }, (_, axis) => axis);
  if (!extra) return gradient;
  if (gradient.dtype === 'f16') return cast(sum(cast(gradient, 'f32'), axes), 'f16');
  return sum(gradient, axes);
}

/**
 * The product of the last two dimensions: a [..., m, k] (`ta`: stored [..., k, m]) by b [..., k, n]
 * (`tb`: stored [..., n, k]) gives [..., m, n]. Leading dimensions broadcast. No operand is copied,
 * but one whose leading dimensions broadcast in part, as [B, 1, m, k] by [h, k, n]. Operands of f16
 * give f16; what is summed is f32.
 */
export function matmul(a: Arg, b: Arg, { ta = false, tb = false }: Transposes = {}): Tensor {
  const [x, y] = [toTensor(a), toTensor(b)];
  const batch = about('matmul', () => check(x, y, ta, tb));
  const [left, right] = [operand(x, batch), operand(y, batch)];
  const [m, n] = [matrix(x, ta)[0], matrix(y, tb)[1]];
  const shape = [...batch, m, n];
  // One matrix b for all of a batch is one taller product.
  if (!ta && right.shape.length === 2 && left.shape.length > 2) {
    const rows = reshape(left, [sizeOf(batch) * m, left.shape[left.shape.length - 1]]);
    return reshape(matmulOp([rows, right], { ta, tb }), shape);
  }
  return reshape(matmulOp([left, right], { ta, tb }), shape);
}

/** An operand as the op takes it: of the full batch, or a plain matrix when its batch is 1. */
function operand(t: Tensor, batch: Shape): Tensor {
  const own = batchOf(t);
  const [r, c] = t.shape.slice(-2);
  if (sizeOf(own) === sizeOf(batch) && own.length > 0) return reshape(t, [...batch, r, c]);
  if (sizeOf(own) === 1) return reshape(t, [r, c]);
  return broadcastTo(t, [...batch, r, c]);
}

/** Checks two operands; returns the leading dimensions of their product. */
function check(a: Tensor, b: Tensor, ta: boolean, tb: boolean): Shape {
  const wanted = isFloat(a.dtype) ? a.dtype : 'f32';
  for (const [name, t] of [
    ['a', a],
    ['b', b],
  ] as const) {
    demand(
      t.shape.length >= 2,
      () => `${name} is ${dims(t)}, expected at least 2 dimensions. Give it two with reshape().`,
    );
    demand(
      t.dtype === wanted,
      () => `${name} is ${t.dtype}, expected ${wanted}. Use cast(${name}, '${wanted}').`,
    );
  }
  demand(matrix(a, ta)[1] === matrix(b, tb)[0], () => {
    const sides = `${dims(a)}${ta ? 'ᵀ' : ''} · ${dims(b)}${tb ? 'ᵀ' : ''}`;
    const [la, fb] = [ta ? 'first' : 'last', tb ? 'last' : 'first'];
    return `inner sizes differ: ${sides}. Expected the ${la} size of a's matrix to equal the ${fb} of b's.`;
  });
  const [ba, bb] = [batchOf(a), batchOf(b)];
  const over = Math.min(ba.length, bb.length);
  demand(
    Array.from({ length: over }, (_, i) => [ba.at(-1 - i), bb.at(-1 - i)]).every(
      ([x, y]) => x === y || x === 1 || y === 1,
    ),
    () => `batches differ: ${dims(a)} · ${dims(b)}. Sizes before a matrix must be equal or 1.`,
  );
  return broadcastShapes(ba, bb);
}
