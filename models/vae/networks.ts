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
import { mlp, mlpInit } from '../mlp.ts';

/** A network with its parameters. */
export interface Network {
  variables: Tree;
  run(x: Tensor): Tensor;
}

/** Encoder [B, H, W, C] → [B, outputs] and decoder [.., latent] → [.., H, W, C]. */
export interface Networks {
  encoder: Network;
  decoder: Network;
}

/** Settings of the networks. */
export interface NetworkConfig {
  network: 'mlp' | 'conv';
  latent: number;
  hidden: number;
  layers: number;
  channels: number;
}

/** The networks for images [H, W, C]; the encoder gives mean and log variance unless told more. */
export function networksOf(
  config: NetworkConfig,
  shape: Shape,
  outputs = 2 * config.latent,
): Networks {
  return config.network === 'conv'
    ? convNetworks(config, shape, outputs)
    : mlpNetworks(config, shape, outputs);
}

/** Hidden layers with tanh on each side, one in the paper's appendix C. */
function mlpNetworks({ hidden, layers, latent }: NetworkConfig, shape: Shape, outputs: number) {
  const size = sizeOf(shape);
  const widths = Array.from({ length: layers }, () => hidden);
  const encoder = mlpInit([size, ...widths, outputs]);
  const decoder = mlpInit([latent, ...widths, size]);
  return {
    encoder: {
      variables: encoder,
      run: (x: Tensor) => mlp(encoder, reshape(x, [-1, size]), tanh),
    },
    decoder: {
      variables: decoder,
      run: (z: Tensor) => reshape(mlp(decoder, z, tanh), [...z.shape.slice(0, -1), ...shape]),
    },
  };
}

/** Two 3×3 convolutions that halve the image, and two after nearest resizing that double it. */
function convNetworks({ channels, latent }: NetworkConfig, shape: Shape, outputs: number) {
  const [height, width, colours] = shape;
  const half = [Math.ceil(height / 2), Math.ceil(width / 2)] as const;
  const small = [Math.ceil(half[0] / 2), Math.ceil(half[1] / 2)] as const;
  const features = small[0] * small[1] * 2 * channels;

  const encoder = {
    first: nn.conv.init(3, colours, channels),
    second: nn.conv.init(3, channels, 2 * channels),
    last: nn.linear.init(features, outputs),
  };
  const decoder = {
    first: nn.linear.init(latent, features),
    second: nn.conv.init(3, 2 * channels, channels),
    last: nn.conv.init(3, channels, colours),
  };
  const halving = { stride: 2, padding: 1 };
  return {
    encoder: {
      variables: encoder,
      run(x: Tensor) {
        const a = relu(nn.conv(encoder.first, x, halving)); // [B, H/2, W/2, C]
        const b = relu(nn.conv(encoder.second, a, halving)); // [B, H/4, W/4, 2C]
        return nn.linear(encoder.last, reshape(b, [-1, features]));
      },
    },
    decoder: {
      variables: decoder,
      run(z: Tensor) {
        const a = reshape(relu(nn.linear(decoder.first, z)), [-1, ...small, 2 * channels]);
        const b = relu(nn.conv(decoder.second, resizeNearest(a, half), { padding: 1 }));
        const c = nn.conv(decoder.last, resizeNearest(b, [height, width]), { padding: 1 });
        return reshape(c, [...z.shape.slice(0, -1), ...shape]);
      },
    },
  };
}
