import { type Arg, nn, type Tensor } from '../engine/index.ts';

/** Affine layers with an activation between them, as many parameters as a checkpoint keeps. */
export type Mlp = readonly nn.Linear[];

/** Layers of the given widths, from input to output, with PyTorch's default weights. */
export const mlpInit = (widths: readonly number[]): Mlp =>
  widths.slice(1).map((outputs, i) => nn.linear.init(widths[i], outputs));

/** x [B, in] → [B, out]; no activation after the last layer. Weights may be computed. */
export function mlp(
  layers: readonly { weight: Arg; bias?: Arg }[],
  x: Tensor,
  activation: (x: Tensor) => Tensor,
): Tensor {
  return layers.reduce((h, layer, i) => nn.linear(layer, i === 0 ? h : activation(h)), x);
}
