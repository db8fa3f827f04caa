import {
  add,
  mul,
  nn,
  relu,
  type Shape,
  split,
  sub,
  type Tensor,
  tanh,
  type Variable,
  variable,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { over } from '../settings.ts';
import { zeroConv } from './conditioner.ts';
import { affine, couplings, halves } from './couplings.ts';
import { logits } from './dequantise.ts';
import { squeeze } from './glow.ts';
import { type ImageFlow, imageFlow } from './likelihood.ts';
import { chain, each, type Level, mapped, pyramid, type Transform } from './transform.ts';

/**
 * RealNVP on images. L. Dinh, J. Sohl-Dickstein and S. Bengio, Density estimation using Real NVP, 2016,
 * arXiv 1605.08803.
 *
 *   y = b ⊙ x + (1 − b) ⊙ (x ⊙ exp(s(b ⊙ x)) + t(b ⊙ x))                                   eq. (9)
 *
 * with checkerboard masks b, then a squeeze and couplings of the halves of the channels (section 3.4 and
 * figure 3); s and t are residual networks. Half of the channels leave at the end of each scale (section 3.6);
 * the last scale has checkerboards alone. Pixels go to the real line by a logit (section 4.1).
 */
export function realnvpImages(config: Config<'realnvp'>, shape: Shape, white: number): ImageFlow {
  const { hidden, blocks, layers, levels } = config;
  const network = (inputs: number) => residualInit(inputs, hidden, 2 * inputs, blocks);
  const scales = scaleShapes(shape, levels).map((at, i, all) => {
    const last = i === all.length - 1;
    const count = last ? layers + 1 : layers;
    const masked = Array.from({ length: count }, () => network(at[2]));
    const packed = Array.from({ length: last ? 0 : layers }, () =>
      residualInit(2 * at[2], hidden, 4 * at[2], blocks),
    );
    return { at, last, masked, packed, board: boardOf(at) };
  });

  const levelOf = ({
    at: [h, w, c],
    last,
    masked,
    packed,
    board,
  }: (typeof scales)[number]): Level => {
    const checked = masked.map((network, i) => maskedCoupling(board, i % 2 === 1, network));
    if (last) return { flow: chain(...checked), shape: [h, w, c] };
    const channelwise = couplings(
      halves,
      packed.map((network) => (given: Tensor) => affine(scaleAndShift(network, given))),
    );
    return { flow: chain(...checked, squeeze, channelwise), shape: [h / 2, w / 2, 4 * c] };
  };
  return imageFlow(
    { transform: chain(each(logits), pyramid(scales.map(levelOf))) },
    over(config, {
      ...{ shape, white, warm: 50, temperature: 1 },
      trained: scales.map(({ masked, packed }) => ({ masked, packed })),
    }),
  );
}

/** Height, width and channels at the start of each scale: as many as halve, but no more than `most`. */
function scaleShapes([height, width, channels]: Shape, most: number): Shape[] {
  const shapes = [[height, width, channels]];
  let [h, w, c] = [height, width, channels];
  while (shapes.length < most && h % 2 === 0 && w % 2 === 0) {
    [h, w, c] = [h / 2, w / 2, 2 * c];
    shapes.push([h, w, c]);
  }
  return shapes;
}

/** The mask b of images: 1 where row plus column is even. */
function boardOf([height, width]: Shape): Variable {
  const even = Float32Array.from(
    { length: height * width },
    (_, i) => 1 - ((Math.floor(i / width) + i) % 2),
  );
  return variable(even, [height, width, 1], { name: 'checkerboard' });
}

/** Eq. (9): what b hides of s and t is 0, so what it shows goes through unchanged. */
function maskedCoupling(board: Variable, odd: boolean, network: Residual): Transform {
  const mapOf = (x: Tensor) => {
    const [shown, hidden] = odd ? [sub(1, board), board] : [board, sub(1, board)];
    const { shift, logScale } = scaleAndShift(network, mul(x, shown));
    return affine({ shift: mul(shift, hidden), logScale: mul(logScale, hidden) });
  };
  return {
    forward: (x) => mapped(mapOf(x).forward(x)),
    inverse: (y) => mapped(mapOf(y).inverse(y)),
  };
}

/** Convolutions around residual blocks of two. */
interface Residual {
  readonly first: nn.Conv;
  readonly blocks: readonly (readonly [nn.Conv, nn.Conv])[];
  readonly last: nn.Conv;
}

/** The last convolution gives zeros at first, so that the coupling is the identity. */
const residualInit = (
  inputs: number,
  hidden: number,
  outputs: number,
  blocks: number,
): Residual => ({
  first: nn.conv.init(3, inputs, hidden),
  blocks: Array.from({ length: blocks }, () => [
    nn.conv.init(3, hidden, hidden),
    nn.conv.init(3, hidden, hidden),
  ]),
  last: zeroConv(hidden, outputs),
});

function scaleAndShift({ first, blocks, last }: Residual, x: Tensor) {
  const conv = (c: nn.Conv, h: Tensor) => nn.conv(c, h, { padding: 1 });
  const h = blocks.reduce((h, [a, b]) => add(h, conv(b, relu(conv(a, relu(h))))), conv(first, x));
  const [shift, s] = split(conv(last, relu(h)), 2, -1);
  return { shift, logScale: mul(tanh(s), 2) };
}

// Beside the paper: no batch or weight normalisation, and |s| is bounded by 2 tanh where the paper learns
// the bound.
