import { type Shape, sizeOf } from '../../engine/index.ts';
import type { TimeNetwork } from '../backbones/network.ts';
import { timeMlp } from '../backbones/time_mlp.ts';
import { unet } from '../backbones/unet.ts';

/** Form of the network of a score at many noise levels. */
export interface ScoreNetworkConfig {
  /** Units of each hidden layer; on images channels at full size. */
  readonly hidden: number;
  /** Hidden layers; on points. */
  readonly layers: number;
  /** Whether it sees Fourier features of the coordinates too; on points. */
  readonly fourier: 'no' | 'yes';
  /** Sizes of feature maps, each half of the one before; on images. */
  readonly scales: number;
  /** Residual blocks of each; on images. */
  readonly blocks: number;
}

/** Of the U-Net: the largest side of maps whose places attend to each other, heads, groups of channels. */
const FIXED = { attend: 8, heads: 4, groups: 8 };

/** A network of x [B, ...] and a time [B] of 0..1, which gives the shape of x. */
export function networkOf(config: ScoreNetworkConfig, shape: Shape): TimeNetwork {
  const { hidden, layers, fourier, scales, blocks } = config;
  return shape.length === 1
    ? timeMlp({ size: sizeOf(shape), hidden, layers, fourier: fourier === 'yes' })
    : unet({ channels: hidden, levels: scales, blocks, ...FIXED }, { shape });
}

/**
 * The decay of averaged weights at update i = 0, 1, ...: less at first, so that the average soon forgets
 * the weights that training began with.
 */
export const decayAt = (decay: number, i: number): number => Math.min(decay, (1 + i) / (10 + i));
