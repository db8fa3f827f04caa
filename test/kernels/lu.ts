import { variantName as nameOf } from '../../engine/choose.ts';
import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from './case.ts';

/** Gauss elimination with partial pivoting in float64: factors in one matrix, rows, ln |det|, its sign. */
export function eliminate(a: ArrayLike<number>, n: number) {
  const lu = Float64Array.from(a);
  const order = Array.from({ length: n }, (_, i) => i);
  let logDet = 0;
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let row = k;
    for (let r = k; r < n; r++) if (Math.abs(lu[r * n + k]) > Math.abs(lu[row * n + k])) row = r;
    [order[k], order[row]] = [order[row], order[k]];
    for (let j = 0; j < n; j++) [lu[k * n + j], lu[row * n + j]] = [lu[row * n + j], lu[k * n + j]];
    const pivot = lu[k * n + k];
    sign *= Math.sign(pivot) * (row === k ? 1 : -1);
    logDet += Math.log(Math.abs(pivot));
    for (let r = k + 1; r < n; r++) {
      lu[r * n + k] /= pivot || 1;
      for (let j = k + 1; j < n; j++) lu[r * n + j] -= lu[r * n + k] * lu[k * n + j];
    }
  }
  return { lu, order, logDet, sign: sign || 0 };
}

/** Matrices with a heavy rotated diagonal: well conditioned, and none without row swaps. */
export const heavy = (batch: number, n: number): Float32Array =>
  Float32Array.from({ length: batch * n * n }, (_, e) => {
    const [i, j] = [Math.floor(e / n) % n, e % n];
    return (((e + 1) * 0.6180339887) % 1) - 0.5 + ((i + 1) % n === j ? 3 + 0.1 * i : 0);
  });

function factored(name: string, a: Float32Array, batch: number, n: number): Case {
  const found = Array.from({ length: batch }, (_, m) =>
    eliminate(a.subarray(m * n * n, (m + 1) * n * n), n),
  );
  return {
    name: `${name} [${batch}, ${n}, ${n}]`,
    params: { batch, n },
    buffers: { a },
    overrides: (kernel: Kernel): Record<string, number> => ({ WIDTH: widths[nameOf(kernel)] }),
    groups: (kernel, { WIDTH }) => [shared(kernel) ? batch : Math.ceil(batch / WIDTH), 1, 1],
    expect: {
      lu: found.flatMap((f) => [...f.lu]),
      order: found.flatMap((f) => f.order),
      log_det: found.map((f) => f.logDet),
      sign: found.map((f) => f.sign),
    },
    tolerance: 4e-6,
    applies: (kernel) => !/vec4/.test(kernel.file) || n % 4 === 0,
  };
}

const shared = ({ file }: Kernel) => /workgroup|shared/.test(file);
/** Threads per workgroup; 4_shared wants one per column at least. */
const widths: Record<string, number> = {
  '1_serial': 2,
  '2_vec4': 2,
  '3_workgroup': 4,
  '4_shared': 8,
};

export const cases: Case[] = [
  factored('heavy', heavy(1, 1), 1, 1),
  factored('heavy', heavy(3, 3), 3, 3),
  factored('heavy', heavy(3, 4), 3, 4),
  factored('heavy', heavy(1, 7), 1, 7),
  factored('heavy', heavy(2, 8), 2, 8),
  factored('zeros on the diagonal', Float32Array.of(0, 2, 1, 3, 0, 1, 1, 1, 0), 1, 3),
  factored('singular', Float32Array.of(1, 2, 2, 4), 1, 2),
  factored('nothing', new Float32Array(16), 1, 4),
  factored('ties', Float32Array.of(1, 2, 1, 2, -1, 1, 3, 1, 1, 1, 1, 2, -1, 4, 1, 1), 1, 4),
];
