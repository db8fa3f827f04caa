import { concat, oneHot, reshape, silu, type Tensor } from '../../engine/index.ts';
import { type Mlp, mlp, mlpInit } from '../mlp.ts';
import { type TimeNetwork, toldClasses } from './network.ts';
import { octaves } from './time.ts';

/** Octaves of the time and, where coordinates have features, of each of these. */
const OCTAVES = { time: 8, coordinate: 3 };

/** Form of the network. */
export interface TimeMlpConfig {
  /** Numbers of an example, D. */
  readonly size: number;
  /** Units of each hidden layer. */
  readonly hidden: number;
  readonly layers: number;
  /** Numbers it gives for an example, a multiple of D; D unless given. */
  readonly outputs?: number;
  /** Classes that it can be told, 0 unless given. */
  readonly classes?: number;
  /** Whether it also sees Fourier features of each coordinate: sharp edges are learned much sooner. */
  readonly fourier?: boolean;
}

/**
 * A multilayer perceptron with silu of x beside 16 Fourier features of the time, and of the class as a
 * unit vector: x [B, ..., C] of D numbers → [B, ..., outputs / D · C].
 */
export function timeMlp(config: TimeMlpConfig): TimeNetwork<Mlp> {
  const { size, hidden, layers, classes = 0, fourier = false, outputs = size } = config;
  const features = size * (fourier ? 1 + 2 * OCTAVES.coordinate : 1);
  const inputs = features + 2 * OCTAVES.time + (classes && classes + 1);
  const widths = Array.from({ length: layers }, () => hidden);
  const seen = (x: Tensor, t: Tensor, given?: Tensor | null) => {
    const batch = x.shape[0];
    const flat = reshape(x, [batch, size]);
    const parts = [
      flat,
      ...(fourier ? [octaves(flat, OCTAVES.coordinate)] : []),
      octaves(reshape(t, [batch, 1]), OCTAVES.time),
      ...(classes ? [oneHot(toldClasses(given, classes, batch), classes + 1)] : []),
    ];
    return concat(parts, 1);
  };
  return {
    weights: mlpInit([inputs, ...widths, outputs]),
    classes,
    run: (weights, x, t, given) =>
      reshape(mlp(weights, seen(x, t, given), silu), [...x.shape.slice(0, -1), -1]),
    features: (weights, x, t) => silu(mlp(weights.slice(0, -1), seen(x, t), silu)), // the last hidden layer
  };
}
