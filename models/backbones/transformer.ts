import {
  add,
  attention,
  gelu,
  mul,
  nn,
  normal,
  type Tensor,
  type Variable,
  variable,
} from '../../engine/index.ts';
import { headsOf, together } from '../heads.ts';

/**
 * Transformer. A. Vaswani et al., Attention Is All You Need, 2017, arXiv 1706.03762; with the norm in
 * front as in A. Radford et al., Language Models are Unsupervised Multitask Learners, 2019 (GPT-2).
 *
 *   h⁰_t = E[x_t] + P[t]                                                            section 3.5
 *   a = h + W_o MultiHead(norm(h)),  h' = a + W₂ gelu(W₁ norm(a) + b₁) + b₂         eq. (2)
 *   Attention(Q, K, V) = softmax(Q Kᵀ / √d) V                                       eq. (1)
 *   output: W norm(h^L) + b
 */
export type Transformer = {
  readonly symbols: nn.Embedding;
  /** [places, width] */
  readonly places: Variable;
  readonly blocks: readonly Block[];
  readonly norm: nn.Norm;
  readonly head: nn.Linear;
};

/** One layer of attention and MLP, each with the norm in front of it. */
export type Block = {
  readonly first: nn.Norm;
  /** [width, 3 width] */
  readonly qkv: nn.Linear;
  readonly out: nn.Linear;
  readonly second: nn.Norm;
  readonly up: nn.Linear;
  readonly down: nn.Linear;
};

/** Which keys and values each query looks at: projections [.., 3 width] → [.., width]. */
export type Look = (qkv: Tensor, layer: number) => Tensor;

/** How large a transformer is. */
export interface TransformerSizes {
  /** Symbols that it reads, and that it writes. */
  symbols: number;
  outputs: number;
  places: number;
  width: number;
  layers: number;
}

/** Fresh weights: N(0, 0.02²) for what stands for symbols and places, PyTorch's defaults elsewhere. */
export const transformerInit = (sizes: TransformerSizes): Transformer => ({
  symbols: nn.embedding.init(sizes.symbols, sizes.width, { std: 0.02 }),
  places: variable(mul(normal([sizes.places, sizes.width]), 0.02), undefined, { name: 'places' }),
  blocks: Array.from({ length: sizes.layers }, () => blockInit(sizes.width)),
  norm: nn.layerNorm.init(sizes.width),
  head: nn.linear.init(sizes.width, sizes.outputs),
});

/** Fresh weights of a block. */
export const blockInit = (width: number): Block => ({
  first: nn.layerNorm.init(width),
  qkv: nn.linear.init(width, 3 * width),
  out: nn.linear.init(width, width),
  second: nn.layerNorm.init(width),
  up: nn.linear.init(width, 4 * width),
  down: nn.linear.init(4 * width, width),
});

/** The depth of a head. Throws where heads do not divide the width. */
export function depthOf(model: string, width: number, heads: number): number {
  const depth = width / heads;
  if (Number.isInteger(depth)) return depth;
  throw new Error(
    `${model}: heads: expected a divisor of the width ${width}, got ${heads}. Change one.`,
  );
}

/** Every query looks at all places, or, causal, at its own and those before it; [B, T, 3 width]. */
export const selfAttention =
  (heads: number, { causal }: { causal: boolean }): Look =>
  (qkv) => {
    const [q, k, v] = headsOf(qkv, heads);
    return together(attention(q, k, v, { causal }));
  };

/** What attention adds to h, given norm(h), eq. (1): [.., width] → [.., width]. */
export const attended = (block: Block, normed: Tensor, look: Look, layer: number): Tensor =>
  nn.linear(block.out, look(nn.linear(block.qkv, normed), layer));

/** What the MLP adds to a, given norm(a), eq. (2): [.., width] → [.., width]. */
export const transformed = (block: Block, normed: Tensor): Tensor =>
  nn.linear(block.down, gelu(nn.linear(block.up, normed)));

/** All blocks and the head: h⁰ [.., T, width] → [.., T, outputs]. */
export function tower({ blocks, norm, head }: Transformer, h: Tensor, look: Look): Tensor {
  const last = blocks.reduce((h, block, layer) => {
    const a = add(h, attended(block, nn.layerNorm(block.first, h), look, layer));
    return add(a, transformed(block, nn.layerNorm(block.second, a)));
  }, h);
  return nn.linear(head, nn.layerNorm(norm, last));
}
