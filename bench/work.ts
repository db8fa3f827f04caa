import type { Problem } from './types.ts';

/** What a problem costs, whoever computes it and however. */
export interface Amount {
  /** Floating point operations of the textbook formula; a multiply-add is two. */
  flops: number;
  /** Bytes that must be read and written at least: operands once, results once, as f32. */
  bytes: number;
  /** Operations that the best known algorithm still needs, where that is fewer. */
  least?: number;
}

type Of<K extends Problem['kind']> = Extract<Problem, { kind: K }>;
type Table = { [K in Problem['kind']]?: (problem: Of<K>) => Amount };

const floats = (...sizes: number[]) => 4 * sizes.reduce((sum, size) => sum + size, 0);

/** Winograd's F(2x2, 3x3) needs 16 products where the formula has 36. */
const WINOGRAD = 16 / 36;

function convolution(problem: Of<'conv'>): Amount {
  const { batch, height, width, cin, cout, size, backward } = problem;
  const pixels = batch * height * width;
  const flops = (backward ? 3 : 1) * 2 * pixels * cout * cin * size * size;
  const once = floats(pixels * cin, size * size * cin * cout, pixels * cout);
  const bytes = backward ? 3 * once : once; // each gradient reads two of the three and writes one
  return { flops, bytes, ...(size === 3 ? { least: flops * WINOGRAD } : {}) };
}

/** Forward, both gradients, and an update that reads w, m, v and the gradient and writes three. */
function training({ widths, batch }: Of<'train'>): Amount {
  let flops = 0;
  let bytes = 0;
  for (let i = 0; i + 1 < widths.length; i++) {
    const [cin, cout] = [widths[i], widths[i + 1]];
    flops += (i === 0 ? 4 : 6) * batch * cin * cout; // no gradient of the data
    bytes += floats(7 * (cin * cout + cout), 2 * batch * (cin + cout));
  }
  return { flops, bytes };
}

const table: Table = {
  matmul: ({ m, n, k }) => ({ flops: 2 * m * n * k, bytes: floats(m * k, k * n, m * n) }),
  conv: convolution,
  train: training,
};

/** What a problem costs; null where only JS is measured. */
export function workOf(problem: Problem): Amount | null {
  const count = table[problem.kind] as ((problem: Problem) => Amount) | undefined;
  return count?.(problem) ?? null;
}
