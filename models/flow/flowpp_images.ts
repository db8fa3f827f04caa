import {
  add,
  concat,
  log,
  log1p,
  logSigmoid,
  neg,
  nn,
  reshape,
  type Shape,
  sigmoid,
  sizeOf,
  sub,
  type Tensor,
} from '../../engine/index.ts';
import { demand } from '../../engine/errors.ts';
import type { Tree } from '../../engine/tree.ts';
import type { Config } from '../catalog.ts';
import { over } from '../settings.ts';
import { condition, conditionerInit } from './conditioner.ts';
import { checkerboard, couplings, halves, type Partition } from './couplings.ts';
import { logits, uniformNoise, variationalNoise } from './dequantise.ts';
import { parametersOf } from './flowpp.ts';
import { actnorm, initialised, type Normalise, squeeze } from './glow.ts';
import { type ImageFlow, imageFlow } from './likelihood.ts';
import { directMixing, invertible1x1 } from './mixing.ts';
import { mixtureLogistic } from './mixture.ts';
import { chain, each, type Elementwise, reshaped, type Transform } from './transform.ts';

/**
 * Flow++ on images. J. Ho, X. Chen, A. Srinivas, Y. Duan and P. Abbeel, Flow++: Improving Flow-Based
 * Generative Models with Variational Dequantization and Architecture Design, 2019, arXiv 1902.00275.
 *
 *   log P(x) ≥ E_u~q(u|x) [log p(x + u) − log q(u|x)],  u in [0, 1)^D                     eq. (12)
 *   u = σ(q_x(ε)),  ε ~ N(0, I),  q_x a flow that sees x                                 section 3.1
 *   couplings by the logistic mixtures of flowpp.ts                                       section 3.2
 *   whose parameters come from gated convolutions and attention                          section 3.3
 *
 * The image goes through couplings of the squares of a checkerboard, a squeeze, and couplings of the halves
 * of the channels, each after an actnorm and a 1×1 convolution of Glow.
 */
export function flowppImages(config: Config<'flowpp'>, shape: Shape, white: number): ImageFlow {
  const [height, width, channels] = shape;
  demand(
    height % 2 === 0 && width % 2 === 0,
    () => `flowpp: images of ${height}×${width}, expected even sides. Choose other --data.`,
  );
  const small = [height / 2, width / 2, 4 * channels];
  const board = checkerboard(height);
  const layers = (at: Shape, partition: Partition, half: Shape, from: number) =>
    Array.from({ length: config.layers }, (_, i) => {
      const network = networkInit(half, half, config);
      const norm = actnorm.init(at[2]);
      const mixing = directMixing(at[2], from + i);
      const flow = (normalise: Normalise) =>
        chain(
          normalise(norm),
          invertible1x1(mixing),
          couplings(i % 2 ? swapped(partition) : partition, [network.coupling]),
        );
      return { flow, trained: { network: network.trained, norm, mixing: mixing.trained } };
    });
  const large = layers(shape, board, [height, width / 2, channels], 0);
  const deep = layers(small, halves, [height / 2, width / 2, 2 * channels], config.layers);
  const flow = (normalise: Normalise) =>
    chain(
      each(logits),
      ...large.map((layer) => layer.flow(normalise)),
      squeeze,
      ...deep.map((layer) => layer.flow(normalise)),
      reshaped(small, [sizeOf(shape)]),
    );

  const noise = config.dequantise === 'variational' ? noiseOf(config, shape, board) : null;
  const dequantise = noise ? variationalNoise(noise.given, white) : uniformNoise(white);
  const trained = {
    large: large.map((layer) => layer.trained),
    deep: deep.map((layer) => layer.trained),
    ...(noise && { noise: noise.trained }),
  };
  const of = (normalise: Normalise) => ({ transform: flow(normalise), dequantise });
  return imageFlow(of(actnorm), over(config, { shape, white, trained, first: of(initialised) }));
}

/** A network that sees `inputs` and the coupling of halves of the shape `half` that it conditions. */
function networkInit(inputs: Shape, half: Shape, config: Config<'flowpp'>) {
  const { components } = config;
  const per = 3 * components + 2;
  const network = conditionerInit(inputs, half[2] * per, config);
  const coupling = (given: Tensor) => {
    const outputs = reshape(condition(network, given), [-1, ...half, per]);
    return mixtureLogistic(parametersOf(outputs, components));
  };
  return { trained: network, coupling };
}

/** q(u|x), eq. (12): couplings of a checkerboard from standard noise, that see features of x. */
export function noiseOf(
  config: Config<'flowpp'>,
  [height, width, channels]: Shape,
  board: Partition,
): { trained: Tree; given(x: Tensor): Transform } {
  const { hidden } = config;
  const features = nn.conv.init(3, channels, hidden);
  const half = [height, width / 2, channels];
  const inputs = [height, width / 2, channels + 2 * hidden];
  const networks = Array.from({ length: NOISE_LAYERS }, () => networkInit(inputs, half, config));
  return {
    trained: { features, networks: networks.map((network) => network.trained) },
    given(x) {
      const seen = concat(board.split(nn.conv(features, sub(x, 0.5), { padding: 1 })), -1);
      const conditioners = networks.map(
        ({ coupling }) =>
          (half: Tensor) =>
            coupling(concat([half, seen], -1)),
      );
      return chain(couplings(board, conditioners), each(squash));
    },
  };
}

/** Couplings of the flow that dequantises. */
const NOISE_LAYERS = 2;

/** The real line to (0, 1). */
const squash: Elementwise = {
  forward: (v) => [sigmoid(v), add(logSigmoid(v), logSigmoid(neg(v)))],
  inverse: (u) => {
    const v = sub(log(u), log1p(neg(u)));
    return [v, neg(add(logSigmoid(v), logSigmoid(neg(v))))];
  },
};

/** The halves with their roles changed. */
const swapped = ({ split, join }: Partition): Partition => ({
  split(x) {
    const [a, b] = split(x);
    return [b, a];
  },
  join: (a, b) => join(b, a),
});

// Beside the paper: fewer and smaller layers by default; elu instead of its concatenation with that of −x;
// no dropout; the flow that dequantises has no actnorm.
