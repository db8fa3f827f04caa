import {
  add,
  concat,
  layerNorm,
  mean,
  mul,
  nn,
  permute,
  reshape,
  type Shape,
  silu,
  split,
  type Tensor,
  tensor,
  variable,
} from '../../engine/index.ts';
import { type TimeNetwork, toldClasses } from '../backbones/network.ts';
import { sinusoids } from '../backbones/time.ts';
import { attended, depthOf, selfAttention, transformed } from '../backbones/transformer.ts';

/**
 * Diffusion transformer. W. Peebles and S. Xie, Scalable Diffusion Models with Transformers, 2023,
 * arXiv 2212.09748.
 *
 *   h⁰ = W patches(x) + P                                                          section 3.2
 *   c = time + class,  (γ₁, β₁, α₁, γ₂, β₂, α₂) = W silu(c) + b,  at first all zero
 *   a = h + α₁ ⊙ MultiHead(norm(h) ⊙ (1 + γ₁) + β₁)                       adaLN-Zero, figure 3
 *   h' = a + α₂ ⊙ MLP(norm(a) ⊙ (1 + γ₂) + β₂)
 *   patches(out) = W (norm(h^L) ⊙ (1 + γ) + β) + b,  W = 0 at first
 *
 * The network of `dit`, which is trained and drawn from as any diffusion model (ddpm.ts): every block is at
 * first the identity.
 */
export interface DitConfig {
  /** Side of a patch, a divisor of the sides of the image. */
  readonly patch: number;
  /** Numbers of a token. */
  readonly width: number;
  /** Blocks. */
  readonly depth: number;
  readonly heads: number;
}

/** Numbers that the time is embedded in, and steps that its range 0..1 counts as. */
const [WAVES, STEPS] = [256, 1000];

/** A transformer of images [B, H, W, C] → [B, H, W, outputs]. */
export function dit(
  { patch, width, depth, heads }: DitConfig,
  { shape, outputs = shape[2], classes = 0 }: { shape: Shape; outputs?: number; classes?: number },
) {
  const [height, wide, colours] = shape;
  const [rows, columns] = [height / patch, wide / patch];
  if (!Number.isInteger(rows) || !Number.isInteger(columns)) {
    throw new Error(
      `dit: patch: expected a divisor of ${height} and ${wide}, got ${patch}. Change it.`,
    );
  }
  depthOf('dit', width, heads);
  const look = selfAttention(heads, { causal: false });
  const places = placesOf(rows, columns, width);
  const numbers = (channels: number) => patch * patch * channels;

  /** All blocks: the patches' tokens [B, T, width], and what time and class are to each of them. */
  const tokens = (weights: Weights, x: Tensor, t: Tensor, given?: Tensor | null) => {
    const batch = x.shape[0];
    const grid = reshape(x, [batch, rows, patch, columns, patch, colours]);
    const patches = permute(grid, [0, 1, 3, 2, 4, 5]);
    let h = add(
      nn.linear(weights.first, reshape(patches, [batch, rows * columns, numbers(colours)])),
      places,
    );
    const { time1, time2, table } = weights.told;
    let c = nn.linear(time2, silu(nn.linear(time1, sinusoids(mul(t, STEPS), WAVES))));
    if (table) c = add(c, nn.embedding(table, toldClasses(given, classes, batch)));
    c = reshape(silu(c), [batch, 1, width]);

    weights.blocks.forEach((block, layer) => {
      const parts = split(nn.linear(block.modulation, c), 6, 2);
      const [scale1, shift1, gate1, scale2, shift2, gate2] = parts;
      h = add(h, mul(gate1, attended(block, modulated(h, scale1, shift1), look, layer)));
      h = add(h, mul(gate2, transformed(block, modulated(h, scale2, shift2))));
    });
    return { h, c };
  };

  const network: TimeNetwork<Weights> = {
    weights: weightsOf({ width, depth, classes }, numbers(colours), numbers(outputs)),
    classes,
    run(weights, x, t, given) {
      const { h, c } = tokens(weights, x, t, given);
      const [scale, shift] = split(nn.linear(weights.last.modulation, c), 2, 2);
      const out = nn.linear(weights.last.linear, modulated(h, scale, shift));
      const folded = reshape(out, [-1, rows, columns, patch, patch, outputs]);
      return reshape(permute(folded, [0, 1, 3, 2, 4, 5]), [-1, height, wide, outputs]);
    },
    features: (weights, x, t) => mean(tokens(weights, x, t).h, 1), // over all patches
  };
  return network;
}

/** norm(h) ⊙ (1 + γ) + β. */
const modulated = (h: Tensor, scale: Tensor, shift: Tensor): Tensor =>
  add(mul(layerNorm(h, undefined, undefined, { eps: 1e-6 }), add(scale, 1)), shift);

/** Where each patch is: half of the numbers tell its row, half its column. [T, width] */
function placesOf(rows: number, columns: number, width: number) {
  const at = (place: (i: number) => number) =>
    sinusoids(tensor(Float32Array.from({ length: rows * columns }, (_, i) => place(i))), width / 2);
  const where = [at((i) => Math.floor(i / columns)), at((i) => i % columns)];
  return variable(concat(where, 1), undefined, { name: 'places' });
}

type Weights = ReturnType<typeof weightsOf>;

function weightsOf(
  { width, depth, classes }: { width: number; depth: number; classes: number },
  inputs: number,
  outputs: number,
) {
  return {
    first: nn.linear.init(inputs, width),
    told: {
      time1: nn.linear.init(WAVES, width),
      time2: nn.linear.init(width, width),
      table: classes ? nn.embedding.init(classes + 1, width, { std: 0.02 }) : null,
    },
    blocks: Array.from({ length: depth }, () => ({
      modulation: silent(width, 6 * width),
      qkv: nn.linear.init(width, 3 * width),
      out: nn.linear.init(width, width),
      up: nn.linear.init(width, 4 * width),
      down: nn.linear.init(4 * width, width),
    })),
    last: { modulation: silent(width, 2 * width), linear: silent(width, outputs) },
  };
}

/** An affine map that gives zeros until it is trained. */
const silent = (inputs: number, outputs: number): nn.Linear => ({
  weight: nn.filled(0, [inputs, outputs], 'weight'),
  bias: nn.filled(0, [outputs], 'bias'),
});

// Beside the paper: images themselves instead of latents; weights that do not start at zero are PyTorch's
// default, not Xavier's; gelu is exact.
