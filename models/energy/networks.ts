import {
  add,
  avgPool2d,
  concat,
  cos,
  mul,
  nn,
  reshape,
  type Shape,
  silu,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import { mlp, mlpInit } from '../mlp.ts';

/** A network with its parameters: [B, ...shape] → [B, outputs]. */
export interface Network {
  readonly trained: Tree;
  run(x: Tensor): Tensor;
}

/** Two hidden layers on the coordinates of points [B, 2]. */
export function plainNetwork(hidden: number): Network {
  const trained = mlpInit([2, hidden, hidden, 1]);
  return { trained, run: (x) => mlp(trained, x, silu) };
}

/** Frequencies of the features, the lowest with the period 8 of the box. */
const FREQUENCIES = 4;

/**
 * The same on the coordinates and sines and cosines of them whose longest period is the side of the
 * box, plus |x|² / 8: the tails of exp(−E) are then those of a normal law and no copies of the modes are
 * where no chain goes.
 */
export function fourierNetwork(hidden: number): Network {
  const trained = mlpInit([2 + 4 * FREQUENCIES, hidden, hidden, 1]);
  const waves = Float32Array.from({ length: FREQUENCIES }, (_, i) => (2 ** i * Math.PI) / 4);
  return {
    trained,
    run(x) {
      const angles = reshape(mul(reshape(x, [-1, 2, 1]), tensor(waves)), [-1, 2 * FREQUENCIES]);
      const features = concat([x, sin(angles), cos(angles)], 1);
      return add(mlp(trained, features, silu), mul(sum(square(x), 1, { keep: true }), 1 / 8));
    },
  };
}

/**
 * Residual blocks of two convolutions on pixels of −1..1, with twice the channels after each time that the
 * image halves, as long as its sides are even and come to 4 or more; an affine map of all that is left.
 * Without normalisation, and smooth, since chains follow its slope.
 */
export function residualNetwork(shape: Shape, channels: number, outputs: number): Network {
  const [height, width, colours] = shape;
  const even = (side: number, level: number) => side % 2 ** level === 0 && side / 2 ** level >= 4;
  let levels = 1;
  while (even(height, levels) && even(width, levels)) levels++;
  const last = 2 ** (levels - 1);
  const sizes = Array.from({ length: levels }, (_, level) => channels * 2 ** level);
  const trained = {
    first: nn.conv.init(3, colours, channels),
    blocks: sizes.map((size, level) => blockInit(sizes[level - 1] ?? channels, size)),
    last: nn.linear.init((sizes[levels - 1] * height * width) / last ** 2, outputs),
  };
  return {
    trained,
    run(x) {
      const first = nn.conv(trained.first, sub(mul(x, 2), 1), { padding: 1 });
      const h = trained.blocks.reduce(
        (h, block, level) => residual(block, level === 0 ? h : avgPool2d(h, { size: 2 })),
        first,
      );
      return nn.linear(trained.last, reshape(silu(h), [x.shape[0], -1]));
    },
  };
}

interface Block {
  readonly first: nn.Conv;
  readonly second: nn.Conv;
  /** Where the channels change. */
  readonly around?: nn.Conv;
}

const blockInit = (inputs: number, outputs: number): Block => ({
  first: nn.conv.init(3, inputs, outputs),
  second: nn.conv.init(3, outputs, outputs),
  ...(inputs !== outputs && { around: nn.conv.init(1, inputs, outputs) }),
});

function residual({ first, second, around }: Block, x: Tensor): Tensor {
  const h = nn.conv(second, silu(nn.conv(first, silu(x), { padding: 1 })), { padding: 1 });
  return add(around ? nn.conv(around, x) : x, h);
}
