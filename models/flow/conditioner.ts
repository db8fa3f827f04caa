import {
  add,
  attention,
  elu,
  mul,
  nn,
  reshape,
  type Shape,
  sigmoid,
  split,
  type Tensor,
  type Variable,
} from '../../engine/index.ts';
import { headsOf, together } from '../heads.ts';

/** A 3×3 convolution that gives zeros at first, so that what it conditions starts as the identity. */
export const zeroConv = (inputs: number, outputs: number): nn.Conv => ({
  weight: nn.filled(0, [3, 3, inputs, outputs], 'weight'),
  bias: nn.filled(0, [outputs], 'bias'),
});

/** A block: gated convolution and gated attention, each added to what came in and normalised. */
interface Block {
  readonly conv: nn.Conv;
  readonly convGate: nn.Conv;
  readonly convNorm: nn.Norm;
  readonly qkv: nn.Conv;
  readonly attentionGate: nn.Conv;
  readonly attentionNorm: nn.Norm;
}

/** The network of a coupling of Flow++ (Ho et al. 2019, arXiv 1902.00275, section 3.3). */
export interface Network {
  readonly first: nn.Conv;
  readonly places: Variable;
  readonly blocks: readonly Block[];
  readonly last: nn.Conv;
}

/** Heads of the attention. */
const HEADS = 4;

/** A conditioner for images [B, H, W, inputs]; `hidden` is a multiple of 4. */
export function conditionerInit(
  [height, width, inputs]: Shape,
  outputs: number,
  { hidden, blocks }: { hidden: number; blocks: number },
): Network {
  const block = () => ({
    conv: nn.conv.init(3, hidden, hidden),
    convGate: nn.conv.init(1, hidden, 2 * hidden),
    convNorm: nn.layerNorm.init(hidden),
    qkv: nn.conv.init(1, hidden, 3 * hidden),
    attentionGate: nn.conv.init(1, hidden, 2 * hidden),
    attentionNorm: nn.layerNorm.init(hidden),
  });
  return {
    first: nn.conv.init(3, inputs, hidden),
    places: nn.filled(0, [height, width, hidden], 'places'),
    blocks: Array.from({ length: blocks }, block),
    last: nn.conv.init(3, hidden, outputs),
  };
}

/** Images [B, H, W, inputs] → [B, H, W, outputs]. */
export function condition({ first, places, blocks, last }: Network, x: Tensor): Tensor {
  const h = blocks.reduce(
    (h, block) => attend(block, convolve(block, h), places),
    nn.conv(first, x, { padding: 1 }),
  );
  return nn.conv(last, elu(h), { padding: 1 });
}

function convolve({ conv, convGate, convNorm }: Block, h: Tensor): Tensor {
  const inner = elu(nn.conv(conv, elu(h), { padding: 1 }));
  return nn.layerNorm(convNorm, add(h, gate(nn.conv(convGate, inner))));
}

/** Every place looks at all places. */
function attend({ qkv, attentionGate, attentionNorm }: Block, h: Tensor, places: Variable): Tensor {
  const [, height, width, channels] = h.shape;
  const all = reshape(nn.conv(qkv, add(h, places)), [-1, height * width, 3 * channels]);
  const [q, k, v] = headsOf(all, HEADS);
  const inner = reshape(together(attention(q, k, v)), [-1, height, width, channels]);
  return nn.layerNorm(attentionNorm, add(h, gate(nn.conv(attentionGate, inner))));
}

/** Half of the channels times the sigmoid of the other half. */
function gate(x: Tensor): Tensor {
  const [a, b] = split(x, 2, -1);
  return mul(a, sigmoid(b));
}
