import { add, concat, nn, oneHot, relu, reshape, type Tensor } from '../../engine/index.ts';
import type { Tree } from '../../engine/tree.ts';
import { octaves } from '../backbones/time.ts';
import { depthOf, selfAttention, tower, transformerInit } from '../backbones/transformer.ts';
import { unet } from '../backbones/unet.ts';
import { mlp, mlpInit } from '../mlp.ts';
import { maskOf, type Symbols } from './symbols.ts';

/** A network that sees symbols with noise and tells what they were. */
export interface Denoiser {
  readonly variables: Tree;
  /** Of symbols x_t [B, D] u32, or the mask V, at times t [B] of 0..1: logits [B, D, V] of x_0. */
  logits(x: Tensor, t: Tensor): Tensor;
}

/** Form of the network. */
export interface DenoiserConfig {
  readonly network: 'mlp' | 'transformer' | 'unet';
  /** Units of a hidden layer, dimensions of a symbol, or channels at full size. */
  readonly width: number;
  /** Hidden layers, blocks, or blocks of each size. */
  readonly layers: number;
  readonly heads: number;
}

/** The network of a configuration. Throws for a U-Net of texts. */
export function denoiserOf(config: DenoiserConfig, symbols: Symbols): Denoiser {
  if (config.network === 'mlp') return mlpDenoiser(config, symbols);
  if (config.network === 'transformer') return transformerDenoiser(config, symbols);
  return unetDenoiser(config, symbols);
}

/** Octaves of the time that a network sees. */
const OCTAVES = 8;
const timeOf = (t: Tensor) => octaves(reshape(t, [-1, 1]), OCTAVES); // [B, 16]

/** A perceptron of all symbols as unit vectors beside the time. */
function mlpDenoiser({ width, layers }: DenoiserConfig, symbols: Symbols): Denoiser {
  const { count, length } = symbols;
  const hidden = Array<number>(layers).fill(width);
  const net = mlpInit([length * (count + 1) + 2 * OCTAVES, ...hidden, length * count]);
  return {
    variables: net,
    logits(x, t) {
      const batch = x.shape[0];
      const seen = reshape(oneHot(x, count + 1), [batch, -1]);
      return reshape(mlp(net, concat([seen, timeOf(t)], 1), relu), [batch, length, count]);
    },
  };
}

/** A transformer in which every place looks at all others; the time is added to every symbol. */
function transformerDenoiser(config: DenoiserConfig, symbols: Symbols): Denoiser {
  const { width, layers, heads } = config;
  depthOf('transformer', width, heads);
  const { count: outputs, length: places } = symbols;
  const net = {
    ...transformerInit({ symbols: maskOf(symbols) + 1, outputs, places, width, layers }),
    time: nn.linear.init(2 * OCTAVES, width),
  };
  const look = selfAttention(heads, { causal: false });
  return {
    variables: net,
    logits(x, t) {
      const time = reshape(nn.linear(net.time, timeOf(t)), [-1, 1, width]);
      return tower(net, add(add(nn.embedding(net.symbols, x), net.places), time), look);
    },
  };
}

/** The U-Net of images whose channels are the symbols and the mask; small maps attend. */
function unetDenoiser(config: DenoiserConfig, { shape, count }: Symbols): Denoiser {
  if (shape.length !== 3) {
    throw new Error(`unet: expected images, got texts [${shape}]. Choose --network transformer.`);
  }
  const [height, width, colours] = shape;
  const net = unet(
    {
      ...{ channels: config.width, blocks: config.layers, heads: config.heads },
      ...{ levels: 3, attend: 8, groups: 8 },
    },
    { shape: [height, width, colours * (count + 1)], outputs: colours * count },
  );
  return {
    variables: net.weights,
    logits(x, t) {
      const seen = reshape(oneHot(x, count + 1), [-1, height, width, colours * (count + 1)]);
      return reshape(net.run(net.weights, seen, t), [x.shape[0], -1, count]);
    },
  };
}
