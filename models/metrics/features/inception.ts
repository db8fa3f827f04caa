import {
  add,
  avgPool2d,
  broadcastTo,
  concat,
  conv2d,
  div,
  maxPool2d,
  mean,
  mul,
  nn,
  relu,
  resizeBilinear,
  sub,
  type Tensor,
  type Variable,
  variable,
} from '../../../engine/index.ts';
import { type Pool, throughInception } from './inception_graph.ts';
import { CLASSES, FEATURES, type FoldedFilter, readInception } from './inception_weights.ts';
import type { FeatureNetwork } from './network.ts';

/** Height and width of the images that the network was trained on. */
const SIZE = 299;

/** The FID network on the GPU. */
export interface Inception {
  readonly filters: ReadonlyMap<string, Layer>;
  readonly fc: Layer;
}

interface Layer {
  readonly weight: Variable;
  readonly bias: Variable;
}

/** The network with the weights of a safetensors file: see `readInception`. On the open engine. */
export function loadInception(file: ArrayBuffer | Uint8Array): Inception {
  const { filters, fc } = readInception(file);
  const upload = ({ weight, bias, shape }: FoldedFilter, name: string): Layer => ({
    weight: variable(weight, shape, { name: `${name}.weight` }),
    bias: variable(bias, undefined, { name: `${name}.bias` }),
  });
  return {
    filters: new Map([...filters].map(([name, f]) => [name, upload(f, name)])),
    fc: upload(fc, 'fc'),
  };
}

/**
 * The network of the Fréchet Inception Distance (M. Heusel et al. 2017, arXiv 1706.08500) and of the
 * Inception Score (T. Salimans et al. 2016, arXiv 1606.03498) with the weights of a safetensors file that
 * the user has; see `readInception` for what it must hold and what it throws. On the open engine.
 */
export function openInception(file: ArrayBuffer | Uint8Array): FeatureNetwork {
  const network = loadInception(file);
  return {
    names: { frechet: 'FID', score: 'Inception Score' },
    features: FEATURES,
    classes: CLASSES,
    batch: 16,
    run(x) {
      const layers = inceptionLayers(network, prepared(x));
      return { features: layers.get('features') as Tensor, logits: layers.get('logits') as Tensor };
    },
    dispose() {
      for (const { weight, bias } of [...network.filters.values(), network.fc]) {
        weight.dispose();
        bias.dispose();
      }
    },
  };
}

/** Images [B, H, W, 1 or 3] of 0..1 as the network takes them, [B, 299, 299, 3] of −1..1. In a step. */
export function prepared(x: Tensor): Tensor {
  const resized = resizeBilinear(x, [SIZE, SIZE]);
  return sub(mul(broadcastTo(resized, [x.shape[0], SIZE, SIZE, 3]), 2), 1);
}

/**
 * What each layer gives for images [B, H, W, 3] of −1..1 (H, W from 75): convolutions with normalisation
 * and rectifier by torchvision's names, blocks, 'features' [B, 2048] and 'logits' [B, 1008]. In a step,
 * which runs those that are used.
 */
export function inceptionLayers({ filters, fc }: Inception, x: Tensor): Map<string, Tensor> {
  const layers = new Map<string, Tensor>();
  const keep = (name: string, y: Tensor) => {
    layers.set(name, y);
    return y;
  };
  const maps = throughInception<Tensor>(x, {
    convolve(name, { stride, padding: [py, px] }, y) {
      const { weight, bias } = filters.get(name) as Layer;
      const moved = conv2d(y, weight, {
        stride,
        padding: [
          [py, py],
          [px, px],
        ],
      });
      return keep(name, relu(add(moved, bias)));
    },
    pool: (kind, y) => pools[kind](y),
    join: (parts, name) => (name ? keep(name, concat(parts, -1)) : concat(parts, -1)),
  });
  const features = keep('features', mean(maps, [1, 2]));
  keep('logits', nn.linear(fc, features));
  return layers;
}

const pools: Record<Pool, (x: Tensor) => Tensor> = {
  average(x) {
    const around = { size: 3, stride: 1, padding: 1 };
    const [, H, W] = x.shape;
    const there = avgPool2d(broadcastTo(1, [1, H, W, 1]), around); // part of a window within the image
    return div(avgPool2d(x, around), there);
  },
  max: (x) => maxPool2d(x, { size: 3, stride: 1, padding: 1 }),
  'max halving': (x) => maxPool2d(x, { size: 3, stride: 2 }),
};
