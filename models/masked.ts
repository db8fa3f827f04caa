import {
  add,
  maskedMatmul,
  type nn,
  type Tensor,
  type Variable,
  variable,
} from '../engine/index.ts';

/**
 * x · W + b for x [.., in], with the weights alone of which the output may hear the input:
 * [.., out] (M. Germain et al., MADE, 2015, arXiv 1502.03509, eqs. 12 and 13).
 * @param from degrees of the inputs, [in] u32
 * @param to degrees of the outputs, [out] u32, which hear inputs of degrees at most to − gap
 */
export function maskedLinear(
  { weight, bias }: nn.Linear,
  x: Tensor,
  { from, to, gap = 0 }: { from: Tensor | Variable; to: Tensor | Variable; gap?: 0 | 1 },
): Tensor {
  const y = maskedMatmul(x, weight, { from, to, gap });
  return bias ? add(y, bias) : y;
}

/**
 * Degrees of a MADE from D inputs to two numbers for each of them, which see the inputs before it
 * alone: 1..D of the inputs and of both halves of the outputs, 1..D−1 of the hidden units, in rising
 * order and equally many of each.
 */
export function madeDegrees(size: number, hidden: number) {
  const of = (count: number, degree: (i: number) => number) =>
    variable(
      Uint32Array.from({ length: count }, (_, i) => degree(i)),
      undefined,
      { name: 'degrees' },
    );
  return {
    inputs: of(size, (i) => i + 1),
    units: of(hidden, (i) => 1 + Math.floor((i * (size - 1)) / hidden)),
    outputs: of(2 * size, (i) => 1 + (i % size)),
  };
}
