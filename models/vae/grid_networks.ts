import { add, nn, relu, resizeNearest, type Shape, type Tensor } from '../../engine/index.ts';
import type { Network } from './networks.ts';

/** Settings of the networks. */
interface GridConfig {
  halvings: number;
  channels: number;
  /** Dimensions of a latent vector. */
  dimensions: number;
}

/**
 * Encoder [B, H, W, C] → [B, h, w, D] and decoder back for images [H, W, C]: 3×3 convolutions that
 * halve, a residual block on the grid of each side, nearest resizing that doubles.
 */
export function gridNetworks({ halvings, channels, dimensions }: GridConfig, shape: Shape) {
  const sides = [[shape[0], shape[1]] as const];
  for (let i = 0; i < halvings; i++) {
    sides.push([Math.ceil(sides[i][0] / 2), Math.ceil(sides[i][1] / 2)]);
  }
  const down = Array.from({ length: halvings }, (_, i) =>
    nn.conv.init(3, i === 0 ? shape[2] : channels, channels),
  );
  const up = Array.from({ length: halvings }, () => nn.conv.init(3, channels, channels));
  const into = { down, block: blockInit(channels), last: nn.conv.init(1, channels, dimensions) };
  const outOf = {
    first: nn.conv.init(3, dimensions, channels),
    block: blockInit(channels),
    up,
    last: nn.conv.init(3, channels, shape[2]),
  };

  const encoder: Network = {
    variables: into,
    run(x) {
      let h = x;
      for (const layer of down) h = relu(nn.conv(layer, h, { stride: 2, padding: 1 }));
      return nn.conv(into.last, block(into.block, h));
    },
  };
  const decoder: Network = {
    variables: outOf,
    run(z) {
      let h = block(outOf.block, nn.conv(outOf.first, z, { padding: 1 }));
      for (const [i, layer] of up.entries()) {
        const side = sides[halvings - 1 - i];
        h = relu(nn.conv(layer, resizeNearest(h, side), { padding: 1 }));
      }
      return nn.conv(outOf.last, h, { padding: 1 });
    },
  };
  return { encoder, decoder, grid: sides[halvings] };
}

const blockInit = (channels: number) => ({
  wide: nn.conv.init(3, channels, channels),
  narrow: nn.conv.init(1, channels, channels),
});

/** x + a 3×3 and a 1×1 convolution of it. */
function block({ wide, narrow }: ReturnType<typeof blockInit>, x: Tensor): Tensor {
  return relu(add(x, nn.conv(narrow, relu(nn.conv(wide, relu(x), { padding: 1 })))));
}
