import {
  nn,
  relu,
  reshape,
  resizeNearest,
  type Shape,
  sizeOf,
  type Tensor,
  tanh,
} from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import type { Config } from '../catalog.ts';
import { mlp, mlpInit } from '../mlp.ts';

/** A network with its parameters. */
export interface Network {
  variables: Tree;
  run(x: Tensor): Tensor;
}

/** Encoder [B, H, W, 1] → [B, 2·latent] and decoder [B, latent] → [B, H, W, 1]. */
export interface Networks {
  encoder: Network;
  decoder: Network;
}

/** One hidden layer with tanh on each side, as in the paper's appendix C. */
export function mlpNetworks({ hidden, latent }: Config<'vae'>, shape: Shape): Networks {
  const size = sizeOf(shape);
  const encoder = mlpInit([size, hidden, 2 * latent]);
  const decoder = mlpInit([latent, hidden, size]);
  return {
    encoder: { variables: encoder, run: (x) => mlp(encoder, reshape(x, [-1, size]), tanh) },
    decoder: { variables: decoder, run: (z) => reshape(mlp(decoder, z, tanh), [-1, ...shape]) },
  };
}

/** Two 3×3 convolutions that halve the image, and two after nearest resizing that double it. */
export function convNetworks({ channels, latent }: Config<'vae'>, shape: Shape): Networks {
  const [height, width] = shape;
  const half = [Math.ceil(height / 2), Math.ceil(width / 2)] as const;
  const small = [Math.ceil(half[0] / 2), Math.ceil(half[1] / 2)] as const;
  const features = small[0] * small[1] * 2 * channels;

  const encoder = {
    first: nn.conv.init(3, 1, channels),
    second: nn.conv.init(3, channels, 2 * channels),
    last: nn.linear.init(features, 2 * latent),
  };
  const decoder = {
    first: nn.linear.init(latent, features),
    second: nn.conv.init(3, 2 * channels, channels),
    last: nn.conv.init(3, channels, 1),
  };
  const halving = { stride: 2, padding: 1 };
  return {
    encoder: {
      variables: encoder,
      run(x) {
        const a = relu(nn.conv(encoder.first, x, halving)); // [B, H/2, W/2, C]
        const b = relu(nn.conv(encoder.second, a, halving)); // [B, H/4, W/4, 2C]
        return nn.linear(encoder.last, reshape(b, [-1, features]));
      },
    },
    decoder: {
      variables: decoder,
      run(z) {
        const a = reshape(relu(nn.linear(decoder.first, z)), [-1, ...small, 2 * channels]);
        const b = relu(nn.conv(decoder.second, resizeNearest(a, half), { padding: 1 }));
        return nn.conv(decoder.last, resizeNearest(b, [height, width]), { padding: 1 });
      },
    },
  };
}
