import {
  add,
  attention,
  concat,
  mean,
  mul,
  nn,
  reshape,
  resizeNearest,
  type Shape,
  silu,
  type Tensor,
} from '../../engine/index.ts';
import { headsOf, together } from '../heads.ts';
import { type TimeNetwork, toldClasses } from './network.ts';
import { sinusoids } from './time.ts';

/** Form of the network. */
export interface UNetConfig {
  /** Channels at full size; twice as many below. */
  readonly channels: number;
  /** Sizes of feature maps, each half of the one before. */
  readonly levels: number;
  /** Residual blocks of each level on the way down; one more on the way up. */
  readonly blocks: number;
  /** The largest side of a feature map whose places attend to each other. */
  readonly attend: number;
  readonly heads: number;
  /** Groups that channels are normalised in; a divisor of the channels of every level. */
  readonly groups: number;
}

/** What goes in and out. */
export interface UNetPorts {
  /** [H, W, C] of images, of any size. */
  readonly shape: Shape;
  /** Channels it gives; C unless given. */
  readonly outputs?: number;
  /** Classes that it can be told, 0 unless given. */
  readonly classes?: number;
}

/** Steps that the time 0..1 counts as in its embedding. */
const STEPS = 1000;

type Weights = ReturnType<typeof weightsOf>;

/**
 * U-Net that hears the time. J. Ho, A. Jain and P. Abbeel, Denoising Diffusion Probabilistic Models, 2020,
 * arXiv 2006.11239, appendix B; O. Ronneberger, P. Fischer and T. Brox, 2015, arXiv 1505.04597.
 *
 *   residual block  h + conv(silu(norm(conv(silu(norm(h))) + W silu(e))))
 *   attention       h + W_o softmax(Q Kᵀ / √d) V  over the places of small maps
 *   e = W₂ silu(W₁ sinusoids(t)) + class
 *
 * Every map on the way down comes again, beside what comes from below, on the way up. Images
 * [B, H, W, C] → [B, H, W, outputs]; at first it gives zeros.
 */
export function unet(config: UNetConfig, ports: UNetPorts): TimeNetwork<Weights> {
  const { channels, groups } = config;
  const { classes = 0 } = ports;
  if (channels % groups) {
    throw new Error(
      `unet: groups: expected a divisor of the ${channels} channels, got ${groups}. Change one.`,
    );
  }
  const norm = (weights: nn.Norm, h: Tensor) => nn.groupNorm(weights, h, groups);

  const residual = (block: Block, h: Tensor, time: Tensor) => {
    const told = reshape(nn.linear(block.time, time), [h.shape[0], 1, 1, -1]);
    const inner = add(same(block.conv1, silu(norm(block.norm1, h))), told);
    const change = same(block.conv2, silu(norm(block.norm2, inner)));
    return add(block.skip ? nn.conv(block.skip, h) : h, change);
  };

  const attend = (block: Attention | null, h: Tensor) => {
    if (!block) return h;
    const [batch, height, width, wide] = h.shape;
    const flat = reshape(norm(block.norm, h), [batch, height * width, wide]);
    const [q, k, v] = headsOf(nn.linear(block.qkv, flat), config.heads);
    return add(h, reshape(nn.linear(block.out, together(attention(q, k, v))), h.shape));
  };

  /** The way down and the middle. */
  const lowest = (weights: Weights, x: Tensor, t: Tensor, given?: Tensor | null) => {
    const { embed, first, down, middle } = weights;
    const told = nn.linear(embed.first, sinusoids(mul(t, STEPS), channels));
    let time = nn.linear(embed.second, silu(told));
    if (embed.classes) {
      time = add(time, nn.embedding(embed.classes, toldClasses(given, classes, x.shape[0])));
    }
    time = silu(time);

    const maps = [same(first, x)];
    let h = maps[0];
    for (const { blocks, halve } of down) {
      for (const { block, look } of blocks) {
        h = attend(look, residual(block, h, time));
        maps.push(h);
      }
      if (halve) {
        h = nn.conv(halve, h, { stride: 2, padding: 1 });
        maps.push(h);
      }
    }
    h = attend(middle.look, residual(middle.before, h, time));
    return { h: residual(middle.after, h, time), maps, time };
  };

  return {
    weights: weightsOf(config, ports),
    classes,
    run(weights, x, t, given) {
      const { up, last } = weights;
      const { maps, time, ...bottom } = lowest(weights, x, t, given);
      let { h } = bottom;
      for (const { blocks, double } of up) {
        for (const { block, look } of blocks) {
          h = attend(look, residual(block, concat([h, maps.pop() as Tensor], 3), time));
        }
        if (double) {
          const [, height, width] = (maps.at(-1) as Tensor).shape;
          h = same(double, resizeNearest(h, [height, width]));
        }
      }
      return same(last.conv, silu(norm(last.norm, h)));
    },
    features: (weights, x, t) => mean(lowest(weights, x, t).h, [1, 2]), // over all places
  };
}

/** A convolution that keeps the size of the image. */
const same = (conv: nn.Conv, x: Tensor) => nn.conv(conv, x, { padding: 1 });

function weightsOf(config: UNetConfig, { shape, outputs, classes = 0 }: UNetPorts) {
  const { channels, levels, blocks, attend } = config;
  const [height, width, colours] = shape;
  const wide = 4 * channels;
  const channelsAt = (level: number) => channels * Math.min(level + 1, 2);
  const lookAt = (level: number) =>
    Math.max(height, width) / 2 ** level <= attend ? attentionInit(channelsAt(level)) : null;

  // Channels of the maps on the way down, which come again on the way up.
  const kept = [channels];
  const down = Array.from({ length: levels }, (_, level) => {
    const out = channelsAt(level);
    const made = Array.from({ length: blocks }, () => {
      const block = blockInit(kept[kept.length - 1], out, wide);
      kept.push(out);
      return { block, look: lookAt(level) };
    });
    const halve = level < levels - 1 ? nn.conv.init(3, out, out) : null;
    if (halve) kept.push(out);
    return { blocks: made, halve };
  });
  const lowest = channelsAt(levels - 1);
  let below = lowest;
  const up = Array.from({ length: levels }, (_, i) => {
    const level = levels - 1 - i;
    const out = channelsAt(level);
    const made = Array.from({ length: blocks + 1 }, () => {
      const block = blockInit(below + (kept.pop() as number), out, wide);
      below = out;
      return { block, look: lookAt(level) };
    });
    return { blocks: made, double: level > 0 ? nn.conv.init(3, out, out) : null };
  });
  return {
    embed: {
      first: nn.linear.init(channels, wide),
      second: nn.linear.init(wide, wide),
      classes: classes ? nn.embedding.init(classes + 1, wide) : null,
    },
    first: nn.conv.init(3, colours, channels),
    down,
    middle: {
      before: blockInit(lowest, lowest, wide),
      look: attentionInit(lowest),
      after: blockInit(lowest, lowest, wide),
    },
    up,
    last: { norm: nn.groupNorm.init(channels), conv: silent(channels, outputs ?? colours) },
  };
}

type Block = ReturnType<typeof blockInit>;
type Attention = ReturnType<typeof attentionInit>;

/** A 3×3 convolution that gives zeros until it is trained. */
const silent = (inputs: number, outputs: number): nn.Conv => ({
  weight: nn.filled(0, [3, 3, inputs, outputs], 'weight'),
  bias: nn.filled(0, [outputs], 'bias'),
});

const blockInit = (inputs: number, outputs: number, wide: number) => ({
  norm1: nn.groupNorm.init(inputs),
  conv1: nn.conv.init(3, inputs, outputs),
  time: nn.linear.init(wide, outputs),
  norm2: nn.groupNorm.init(outputs),
  conv2: silent(outputs, outputs),
  skip: inputs === outputs ? null : nn.conv.init(1, inputs, outputs),
});

const attentionInit = (channels: number) => ({
  norm: nn.groupNorm.init(channels),
  qkv: nn.linear.init(channels, 3 * channels),
  out: {
    weight: nn.filled(0, [channels, channels], 'weight'),
    bias: nn.filled(0, [channels], 'bias'),
  },
});

// Beside the paper: the last layer of each branch starts at zero, other weights as PyTorch's; channels are
// doubled once, as there for CIFAR-10; small maps all attend, not those of one size; no dropout.
