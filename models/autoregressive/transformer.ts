import {
  adam,
  add,
  decodeAttention,
  gather,
  nn,
  permute,
  reshape,
  slice,
  split,
  type Tensor,
  variable,
  writeRows,
} from '../../engine/index.ts';
import { depthOf, selfAttention, tower, transformerInit } from '../backbones/transformer.ts';
import type { Config } from '../catalog.ts';
import {
  type Alphabet,
  costBy,
  descend,
  generate,
  lesson,
  placeOf,
  type Reader,
  type SequenceModel,
  startOf,
} from './sequence.ts';

/**
 * Causal transformer. A. Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762; decoder only
 * and with the norm in front as in A. Radford et al., Language Models are Unsupervised Multitask
 * Learners, 2019 (GPT-2). Its layers are those of backbones/transformer.ts.
 *
 *   log p(x) = Σ_t log p(x_t | x_<t),  p(x_t | x_<t) = softmax(W norm(h_t^L) + b)
 *   h⁰_t = E[x_(t−1)] + P[t]                                                       section 3.5
 *   Attention: keys 0 ... t for query t                                            section 3.2.3
 *
 * `step` minimises the mean of −log p(x_t | x_<t) over a batch. `reader` keeps the keys and values of
 * what it has read, so that one symbol more costs one query.
 */
export function transformer(config: Config<'transformer'>, alphabet: Alphabet): SequenceModel {
  const { width, layers, heads } = config;
  const depth = depthOf('transformer', width, heads);
  const places = alphabet.length + (alphabet.ended ? 1 : 0);
  const net = transformerInit({
    ...{ symbols: startOf(alphabet) + 1, outputs: alphabet.symbols },
    ...{ places, width, layers },
  });
  const optimiser = adam(net);

  const causal = selfAttention(heads, { causal: true });
  const logitsAfter = (inputs: Tensor, seen?: (vectors: Tensor) => void): Tensor => {
    const places = slice(net.places, [[0, inputs.shape[1]]]);
    const vectors = nn.embedding(net.symbols, inputs);
    seen?.(vectors);
    return tower(net, add(vectors, places), causal);
  };

  /** Keys and values of each layer are kept in [2, n, heads, places, depth]. */
  const reader = (n: number): Reader => {
    const caches = net.blocks.map((_, layer) =>
      variable(null, [2, n, heads, places, depth], { name: `keys and values ${layer}` }),
    );
    return {
      next(before, at) {
        const [place, seen] = [placeOf(at), placeOf(at + 1)];
        const h = add(nn.embedding(net.symbols, before), gather(net.places, place)); // [n, width]
        return tower(net, h, (qkv, layer) => {
          const parts = permute(reshape(qkv, [n, 3, heads, 1, depth]), [1, 0, 2, 3, 4]);
          const [q, rows] = split(parts, [1, 2]);
          const [k, v] = split(writeRows(caches[layer], rows, place), 2);
          const whole = (t: Tensor) => reshape(t, t.shape.slice(1));
          return reshape(decodeAttention(whole(q), whole(k), whole(v), seen), [n, width]);
        });
      },
      dispose() {
        for (const cache of caches) cache.dispose();
      },
    };
  };

  const cost = (x: Tensor) => costBy(logitsAfter, x, alphabet);

  return {
    variables: net,
    optimisers: { optimiser },
    rows: config.batch,
    logits: (x, seen) => logitsAfter(lesson(x, { ...alphabet, ended: false }).inputs, seen),
    cost,
    reader,
    step: (x, i) => descend(optimiser, cost(x), config, i),
    sampler: (n, options) => generate(n, reader(n), alphabet, { ...config, ...options }),
  };
}

// Beside the paper: the decoder alone, norms in front (GPT-2), gelu, learned positions, no dropout, a
// head that does not share the embedding's table, and Adam with a short warm-up and a straight decay.
