import {
  adam,
  add,
  attention,
  decodeAttention,
  gather,
  gelu,
  mul,
  nn,
  normal,
  permute,
  reshape,
  slice,
  split,
  type Tensor,
  variable,
  writeRows,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import { headsOf, together } from '../heads.ts';
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
 * Learners, 2019 (GPT-2).
 *
 *   log p(x) = Σ_t log p(x_t | x_<t),  p(x_t | x_<t) = softmax(W norm(h_t^L) + b)
 *   h⁰_t = E[x_(t−1)] + P[t]                                                       section 3.5
 *   a = h + W_o MultiHead(norm(h)),  h' = a + W₂ gelu(W₁ norm(a) + b₁) + b₂         eq. (2)
 *   Attention(Q, K, V) = softmax(Q Kᵀ / √d) V, keys 0 ... t for query t            eq. (1)
 *
 * `step` minimises the mean of −log p(x_t | x_<t) over a batch. `reader` keeps the keys and values of
 * what it has read, so that one symbol more costs one query.
 */
export function transformer(config: Config<'transformer'>, alphabet: Alphabet): SequenceModel {
  const { width, layers, heads, lr } = config;
  const depth = width / heads;
  if (!Number.isInteger(depth)) {
    throw new Error(
      `transformer: heads: expected a divisor of the width ${width}, got ${heads}. Change one.`,
    );
  }
  const places = alphabet.length + (alphabet.ended ? 1 : 0);
  const net = {
    symbols: nn.embedding.init(startOf(alphabet) + 1, width, { std: 0.02 }),
    places: variable(mul(normal([places, width]), 0.02), undefined, { name: 'places' }),
    blocks: Array.from({ length: layers }, () => blockInit(width)),
    norm: nn.layerNorm.init(width),
    head: nn.linear.init(width, alphabet.symbols),
  };
  const optimiser = adam(net, { lr });

  /** The stack with some way of looking at keys and values: [.., T, width] → [.., T, V]. */
  const network = (h: Tensor, look: (qkv: Tensor, layer: number) => Tensor): Tensor => {
    net.blocks.forEach((block, layer) => {
      const qkv = nn.linear(block.qkv, nn.layerNorm(block.first, h));
      const a = add(h, nn.linear(block.out, look(qkv, layer))); // eq. (1)
      const wide = gelu(nn.linear(block.up, nn.layerNorm(block.second, a)));
      h = add(a, nn.linear(block.down, wide)); // eq. (2)
    });
    return nn.linear(net.head, nn.layerNorm(net.norm, h));
  };

  const logitsAfter = (inputs: Tensor): Tensor => {
    const seen = slice(net.places, [[0, inputs.shape[1]]]);
    return network(add(nn.embedding(net.symbols, inputs), seen), (qkv) => {
      const [q, k, v] = headsOf(qkv, heads);
      return together(attention(q, k, v, { causal: true }));
    });
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
        return network(h, (qkv, layer) => {
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
    logits: (x) => logitsAfter(lesson(x, { ...alphabet, ended: false }).inputs),
    cost,
    reader,
    step: (x, i) => descend(optimiser, cost(x), config, i),
    sampler: (n, options) => generate(n, reader(n), alphabet, { ...config, ...options }),
  };
}

const blockInit = (width: number) => ({
  first: nn.layerNorm.init(width),
  qkv: nn.linear.init(width, 3 * width),
  out: nn.linear.init(width, width),
  second: nn.layerNorm.init(width),
  up: nn.linear.init(width, 4 * width),
  down: nn.linear.init(4 * width, width),
});

// Beside the paper: the decoder alone, norms in front (GPT-2), gelu, learned positions, no dropout, a
// head that does not share the embedding's table, and Adam with a short warm-up and a straight decay.
