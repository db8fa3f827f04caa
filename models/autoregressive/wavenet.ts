import {
  adam,
  add,
  conv1d,
  equal,
  gather,
  matmul,
  mul,
  nn,
  pad,
  relu,
  reshape,
  sigmoid,
  slice,
  split,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
  where,
  writeRows,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import {
  type Alphabet,
  costOf,
  descend,
  generate,
  placeOf,
  type Reader,
  type SequenceModel,
} from './sequence.ts';

interface Affine {
  readonly weight: Variable | Tensor;
  readonly bias?: Variable | Tensor;
}

/** One layer. */
export interface WavenetLayer {
  /** Filter and gate side by side, past tap and present tap: [2, C, 2 C]. */
  readonly gate: Required<Affine>;
  readonly skip: Affine;
  /** None in the last layer, whose output nothing reads. */
  readonly residual: Affine | null;
}

/**
 * WaveNet. A. van den Oord et al., WaveNet: A Generative Model for Raw Audio, 2016, arXiv 1609.03499.
 *
 *   log p(x) = Σ_t log p(x_t | x_<t), x_t one of 256 levels by the μ-law       eq. (1), section 2.2
 *   z = tanh(W_f ∗ h) ⊙ σ(W_g ∗ h), ∗ causal and dilated by 1, 2, 4, ...       eq. (2)
 *   h' = h + W_r z,  p(x_t | x_<t) = softmax(W₂ relu(W₁ relu(Σ_layers W_s z)))  sections 2.3, 2.4
 *
 * `step` minimises the mean of −log p(x_t | x_<t) over windows. `reader` keeps a queue of what each
 * layer saw (T. Le Paine et al., Fast Wavenet Generation Algorithm, 2016, arXiv 1611.09482), so that
 * one sample more costs one column of the network, however far it looks back.
 */
export function wavenet(config: Config<'wavenet'>, alphabet: Alphabet): SequenceModel {
  const { channels, skips, layers, blocks } = config;
  const dilations = Array.from({ length: layers * blocks }, (_, i) => 2 ** (i % layers));
  const ofLevels = 1 / Math.sqrt(alphabet.symbols); // PyTorch's limit for a one-hot input
  const net = {
    levels: nn.within(ofLevels, [alphabet.symbols, channels], 'levels'),
    bias: nn.within(ofLevels, [channels], 'bias'),
    layers: dilations.map((_, i) => layerInit(channels, skips, i + 1 === dilations.length)),
    first: nn.linear.init(skips, skips),
    head: nn.linear.init(skips, alphabet.symbols),
  };
  const optimiser = adam(net);

  /** The layers above h [.., C], given how one's filter and gate come to z, and the head. */
  const network = (h: Tensor, hear: (h: Tensor, layer: WavenetLayer, i: number) => Tensor) => {
    const skips = net.layers.map((layer, i) => {
      const z = hear(h, layer, i);
      h = residualOf(layer, z, h);
      return nn.linear(layer.skip, z);
    });
    const sum = skips.reduce((a, b) => add(a, b));
    return nn.linear(net.head, relu(nn.linear(net.first, relu(sum))));
  };

  const logits = (x: Tensor, seen?: (vectors: Tensor) => void): Tensor => {
    const vectors = gather(net.levels, slice(x, [null, [0, -1]]));
    seen?.(vectors);
    const before = pad(vectors, [
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
    const h = add(before, net.bias); // [B, T, C]; before the first sample is nothing
    return network(h, (h, layer, i) => heard(layer, h, dilations[i]));
  };

  const cost = (x: Tensor) => costOf(logits(x), x, x, false);

  /** The queue of each layer is [n, S + 1, C]: a ring of S rows, and one that stays zero. */
  const reader = (n: number): Reader => {
    const ring = Math.max(...dilations) + 1;
    const queues = dilations.map((dilation) =>
      variable(null, [n, ring + 1, channels], { name: `queue ${dilation}` }),
    );
    return {
      next(before, at) {
        const level = where(equal(placeOf(at), 0), 0, gather(net.levels, before));
        const now = placeOf(at % ring);
        return network(add(level, net.bias), (h, { gate }, i) => {
          const past = at < dilations[i] ? ring : (at - dilations[i]) % ring;
          const queue = writeRows(queues[i], reshape(h, [n, 1, channels]), now, 1);
          const taps = gather(queue, tensor(Uint32Array.of(past, at % ring)), 1); // [n, 2, C]
          const both = reshape(gate.weight, [2 * channels, 2 * channels]);
          return gated(add(matmul(reshape(taps, [n, 2 * channels]), both), gate.bias));
        });
      },
      dispose() {
        for (const queue of queues) queue.dispose();
      },
    };
  };

  return {
    variables: net,
    optimisers: { optimiser },
    rows: config.batch,
    logits,
    cost,
    reader,
    step: (x, i) => descend(optimiser, cost(x), config, i),
    sampler: (n, options) =>
      generate(n, reader(n), { ...alphabet, length: config.drawn }, { ...config, ...options }),
  };
}

/** z [B, T, C] of a layer that hears sequences h [B, T, C]: eq. (2). */
export const heard = ({ gate }: WavenetLayer, h: Tensor, dilation: number): Tensor =>
  gated(add(conv1d(h, gate.weight, { padding: 'causal', dilation }), gate.bias));

/** Filter and gate side by side [.., 2 C] → [.., C]. */
function gated(both: Tensor): Tensor {
  const [filter, gate] = split(both, 2, -1);
  return mul(tanh(filter), sigmoid(gate));
}

/** What the next layer sees. */
export const residualOf = ({ residual }: WavenetLayer, z: Tensor, h: Tensor): Tensor =>
  residual ? add(h, nn.linear(residual, z)) : h;

function layerInit(channels: number, skips: number, last: boolean): WavenetLayer {
  const limit = 1 / Math.sqrt(2 * channels);
  return {
    gate: {
      weight: nn.within(limit, [2, channels, 2 * channels], 'gate'),
      bias: nn.within(limit, [2 * channels], 'gate bias'),
    },
    skip: nn.linear.init(channels, skips),
    residual: last ? null : nn.linear.init(channels, channels),
  };
}

// Beside the paper: no conditioning, and the small networks of the presets' defaults; Adam with a short
// warm-up and a straight decay. Queues are rings as long as the largest dilation, for all layers alike.
