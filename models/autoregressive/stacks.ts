import {
  add,
  concat,
  gather,
  maskedConv2d,
  mul,
  nn,
  relu,
  reshape,
  type Shape,
  sigmoid,
  slice,
  split,
  conv2d,
  type Tensor,
  tanh,
  tensor,
  type Variable,
  variable,
} from '../../engine/index.ts';
import type { Walk } from './autoregressive.ts';
import type { Pixel } from './pixels.ts';
import { keptRows, ofPixel, ofTaps, type Place, tapsOf } from './rows.ts';

/** Sizes of a network of two stacks. */
export interface StacksConfig {
  channels: number;
  layers: number;
  /** Sides of the filters of the first layer and of the others, odd. */
  first: number;
  filter: number;
}

/** One layer: figure 2 of arXiv 1606.05328. `up` and `across` make both halves of a gate. */
interface Layer {
  /** Of the vertical stack, [k, k, in, 2C]. */
  readonly up: nn.Conv;
  /** From the vertical to the horizontal stack, [1, 1, 2C, 2C]. */
  readonly link: nn.Conv;
  /** Of the horizontal stack, [1, k, in, 2C]. */
  readonly across: nn.Conv;
  readonly out: nn.Conv;
  /** Biases of each class in the gates of both stacks, [classes, 2C]; null without classes. */
  readonly classes: { readonly up: nn.Embedding; readonly across: nn.Embedding } | null;
}

/** Two stacks and a head of two 1×1 convolutions. */
export interface Stacks {
  readonly layers: readonly Layer[];
  readonly head: readonly [nn.Conv, nn.Conv];
}

/** Stacks for images of `pixel`'s colours, with a bias for each of `classes` if there are any. */
export function stacks(
  { channels, layers, first, filter }: StacksConfig,
  pixel: Pixel,
  classes: number,
): Stacks {
  const wide = 2 * channels;
  const embedding = () => nn.embedding.init(classes, wide, { std: 0.1 });
  return {
    layers: Array.from({ length: layers }, (_, l) => {
      const [size, inputs] = l === 0 ? [first, pixel.colours] : [filter, channels];
      return {
        up: nn.conv.init(size, inputs, wide),
        link: nn.conv.init(1, wide, wide),
        across: nn.conv.init([1, size], inputs, wide, { bias: false }),
        out: nn.conv.init(1, channels, channels),
        classes: classes ? { up: embedding(), across: embedding() } : null,
      };
    }),
    head: [nn.conv.init(1, channels, channels), nn.conv.init(1, channels, pixel.size)],
  };
}

/** tanh(a) ⊙ σ(b) of halves along the last axis, eq. (2), with a bias [n, 2C] of each class, eq. (4). */
function gate(x: Tensor, bias: Tensor | null): Tensor {
  const middle = x.shape.slice(1, -1).map(() => 1);
  const biased = bias ? add(x, reshape(bias, [bias.shape[0], ...middle, bias.shape[1]])) : x;
  const [a, b] = split(biased, 2, -1);
  return mul(tanh(a), sigmoid(b));
}

const biasOf = (table: nn.Embedding | undefined, classes: Tensor | Variable | null) =>
  table && classes ? nn.embedding(table, classes) : null;

/**
 * The numbers of each pixel's distribution, [B, H, W, K], for images x [B, H, W, C] of classes [B]. The
 * vertical stack sees all rows above, the horizontal one what is to the left in the pixel's row and,
 * through `link`, the vertical stack: together all that comes before, with no blind spot.
 */
export function runStacks({ layers, head }: Stacks, x: Tensor, classes: Tensor | null): Tensor {
  let [v, h] = [x, x];
  layers.forEach((layer, l) => {
    const type = l === 0 ? 'A' : 'B';
    const { weight, bias } = layer.up;
    const up = add(maskedConv2d(v, weight, { type, mask: 'vertical' }), bias as nn.Conv['weight']);
    const left = maskedConv2d(h, layer.across.weight, { type, mask: 'horizontal' });
    const across = add(left, nn.conv(layer.link, up));
    const out = nn.conv(layer.out, gate(across, biasOf(layer.classes?.across, classes)));
    v = gate(up, biasOf(layer.classes?.up, classes));
    h = l === 0 ? out : add(h, out);
  });
  return nn.conv(head[1], relu(nn.conv(head[0], relu(h))));
}

/**
 * What `runStacks` gives, pixel by pixel for n images of the classes given. The vertical stack is run once for each row,
 * on that row alone: it keeps the rows above that its filters see, and what it tells the horizontal
 * stack. The horizontal stack is run once for each pixel, and keeps the pixels to the left.
 */
export function walkStacks(
  { layers, head }: Stacks,
  [n, height, width, colours]: Shape,
  labels: Uint32Array<ArrayBuffer>,
): Walk {
  const classes = variable(labels, [n], { name: 'classes' });
  const wide = layers[0].up.weight.shape[3];
  const image = keptRows(n, [height, width], colours, height);
  const links = layers.map(() => variable(null, [n, width, wide], { name: 'from the rows above' }));
  const half = (l: number) => (layers[l].up.weight.shape[0] - 1) / 2;
  const kept = layers.slice(1).map((_, l) => ({
    above: variable(null, [n, half(l + 1), width, wide / 2], { name: 'rows above' }),
    left: variable(null, [n, half(l + 1), wide / 2], { name: 'pixels to the left' }),
  }));
  const rowsAbove = Array.from(
    { length: half(0) * width },
    (_, i): Place => [Math.floor(i / width) - half(0), i % width], // from column 0
  );
  const leftFirst = tapsOf([1, 2 * half(0) + 1], half(0));

  /** The vertical stack at one row: fills `links`. */
  const runRow = (known: Tensor, row: number) => {
    const window = gather(known, image.around([row, 0], rowsAbove), 1);
    let v = reshape(window, [n, half(0), width, colours]);
    layers.forEach(({ up, link, classes: biases }, l) => {
      let seen = v;
      if (l > 0) {
        const { above } = kept[l - 1];
        seen = concat([mul(above, Number(row > 0)), v], 1); // [n, rows, W, C]
        above.assign(slice(seen, [null, [1]]));
      }
      const rows = seen.shape[1];
      const [filter] = split(up.weight, [rows, up.weight.shape[0] - rows]);
      const side = half(l);
      const padding = [
        [0, 0],
        [side, side],
      ] as const;
      const now = add(conv2d(seen, filter, { padding }), up.bias as nn.Conv['weight']); // [n, 1, W, 2C]
      links[l].assign(reshape(nn.conv(link, now), [n, width, wide]));
      v = gate(now, biasOf(biases?.up, classes));
    });
  };

  /** The horizontal stack at one pixel: its features [n, C]. */
  const runPixel = (known: Tensor, row: number, column: number) => {
    const at = tensor([column], [1], 'u32');
    let h: Tensor | null = null;
    layers.forEach(({ across, out, classes: biases }, l) => {
      let seen: Tensor;
      if (l === 0) seen = gather(known, image.around([row, column], leftFirst), 1);
      else {
        const { left } = kept[l - 1];
        seen = concat([mul(left, Number(column > 0)), reshape(h as Tensor, [n, 1, wide / 2])], 1);
        left.assign(slice(seen, [null, [1]]));
      }
      const link = reshape(gather(links[l], at, 1), [n, wide]);
      const gated = gate(add(ofTaps(seen, across), link), biasOf(biases?.across, classes));
      const residual = ofPixel(gated, out);
      h = h ? add(h, residual) : residual;
    });
    return h as unknown as Tensor;
  };

  return {
    passes: height * width,
    kinds: width > 1 ? [0, 1] : [0], // the first pixel of a row, another
    advance(t, before) {
      const [row, column] = [Math.floor(t / width), t % width];
      const known = image.write(before, t - 1);
      if (column === 0) runRow(known, row);
      return ofPixel(relu(ofPixel(relu(runPixel(known, row, column)), head[0])), head[1]);
    },
    images: (last) => reshape(image.whole(last), [n, height, width, colours]),
    dispose() {
      for (const held of [image, classes, ...links]) held.dispose();
      for (const { above, left } of kept) for (const v of [above, left]) v.dispose();
    },
  };
}
