import { attention } from '../float64/attention.ts';
import { doubled, groupNorm, joined, told } from '../float64/images.ts';
import { mse } from '../float64/losses.ts';
import { add, reshaped, silu } from '../float64/ops.ts';
import { conv, linear } from '../float64/products.ts';
import { leaf, type Tape, type Value } from '../float64/tape.ts';
import type { Inputs } from '../types.ts';
import type { Kind } from './kind.ts';
import { EPSILON } from './layer_norm.ts';
import { uniform, whole } from './numbers.ts';
import {
  byLosses,
  checkedSteps,
  drawParameters,
  type Loss,
  type Shapes,
  trainingBytes,
  trainLosses,
} from './training.ts';

/**
 * One step of Adam on the U-Net of a diffusion model (models/backbones/unet.ts), two sizes of maps with one
 * block each, of which the small one attends: noisy images [side, side, 1] at given times, mean squared
 * error of the noise.
 */
export interface UNet {
  kind: 'unet';
  side: number;
  channels: number;
  heads: number;
  groups: number;
  batch: number;
}

/** The networks' parts in any arithmetic. A value that is used twice goes through `keep` the first time. */
export interface Parts<V> {
  keep(x: V): V;
  add(a: V, b: V): V;
  silu(x: V): V;
  /** Convolution with a filter of the name, and its bias. */
  conv(name: string, x: V, stride?: number): V;
  linear(name: string, x: V): V;
  norm(name: string, x: V): V;
  /** qkv of every pixel, attention of all pixels to all, and the last linear map: [B, H, W, C] to itself. */
  attend(name: string, x: V): V;
  /** x with e [B, C] added to every pixel. */
  told(x: V, e: V): V;
  joined(a: V, b: V): V;
  doubled(x: V): V;
}

/** Channels in and out of the residual blocks by name, in the order they are run. */
const blocksOf = (c: number): Record<string, [number, number]> => ({
  'down.0.blocks.0.block': [c, c],
  'down.1.blocks.0.block': [c, 2 * c],
  'middle.before': [2 * c, 2 * c],
  'middle.after': [2 * c, 2 * c],
  'up.0.blocks.0.block': [4 * c, 2 * c],
  'up.0.blocks.1.block': [3 * c, 2 * c],
  'up.1.blocks.0.block': [3 * c, c],
  'up.1.blocks.1.block': [2 * c, c],
});
const looks = ['down.1.blocks.0', 'middle', 'up.0.blocks.0', 'up.0.blocks.1'];

/** Parameters by the paths of the model's, filters [kh, kw, in, out]. */
export function unetShapes({ channels: c }: Pick<UNet, 'channels'>): Shapes {
  const shapes: Shapes = {};
  const matrix = (name: string, ...shape: number[]) =>
    Object.assign(shapes, { [name]: shape, [`${name}Bias`]: shape.slice(-1) });
  const norm = (name: string, n: number) =>
    Object.assign(shapes, { [`${name}Scale`]: [n], [`${name}Shift`]: [n] });
  matrix('embed.first', c, 4 * c);
  matrix('embed.second', 4 * c, 4 * c);
  matrix('first', 3, 3, 1, c);
  for (const [name, [cin, cout]] of Object.entries(blocksOf(c))) {
    norm(`${name}.norm1`, cin);
    matrix(`${name}.conv1`, 3, 3, cin, cout);
    matrix(`${name}.time`, 4 * c, cout);
    norm(`${name}.norm2`, cout);
    matrix(`${name}.conv2`, 3, 3, cout, cout);
    if (cin !== cout) matrix(`${name}.skip`, 1, 1, cin, cout);
  }
  for (const name of looks) {
    norm(`${name}.look.norm`, 2 * c);
    matrix(`${name}.look.qkv`, 2 * c, 6 * c);
    matrix(`${name}.look.out`, 2 * c, 2 * c);
  }
  matrix('down.0.halve', 3, 3, c, c);
  matrix('up.0.double', 3, 3, 2 * c, 2 * c);
  norm('last.norm', c);
  matrix('last.conv', 3, 3, c, 1);
  return shapes;
}

/** What the network says of images x with embedded times [B, channels]. */
export function unetNetwork<V>(o: Parts<V>, { channels }: UNet, x: V, waves: V): V {
  const sizes = blocksOf(channels);
  const time = o.silu(o.linear('embed.second', o.silu(o.linear('embed.first', waves))));
  const block = (name: string, h: V) => {
    const [cin, cout] = sizes[name];
    const inner = o.conv(`${name}.conv1`, o.silu(o.norm(`${name}.norm1`, o.keep(h))));
    const heard = o.told(inner, o.linear(`${name}.time`, o.keep(time)));
    const change = o.conv(`${name}.conv2`, o.silu(o.norm(`${name}.norm2`, heard)));
    return o.add(cin === cout ? h : o.conv(`${name}.skip`, h), change);
  };
  const look = (name: string, h: V) => o.attend(`${name}.look`, h);
  const level = (name: string, h: V) => look(name, block(`${name}.block`, h));

  const first = o.conv('first', x);
  const high = block('down.0.blocks.0.block', o.keep(first));
  const halved = o.conv('down.0.halve', o.keep(high), 2);
  const low = level('down.1.blocks.0', o.keep(halved));
  let h = look('middle', block('middle.before', o.keep(low)));
  h = block('middle.after', h);
  h = level('up.0.blocks.0', o.joined(h, low));
  h = level('up.0.blocks.1', o.joined(h, halved));
  h = o.conv('up.0.double', o.doubled(h));
  h = block('up.1.blocks.0.block', o.joined(h, high));
  h = block('up.1.blocks.1.block', o.joined(h, first));
  return o.conv('last.conv', o.silu(o.norm('last.norm', h)));
}

/** Times 0..1 of t in thousandths, as the network's first layer sees them: [B, channels]. */
export const wavesOf = (t: ArrayLike<number>, channels: number): Float64Array =>
  Float64Array.from({ length: t.length * channels }, (_, i) => {
    const k = i % channels;
    const half = channels / 2;
    const phase = 1000 * t[Math.floor(i / channels)] * 10_000 ** (-(k % half) / half);
    return k < half ? Math.sin(phase) : Math.cos(phase);
  });

/** The network's loss in float64. */
export function unetLoss(p: UNet, { x, t, noise }: Inputs): Loss {
  return (tape, w) => {
    const image = leaf(x, [p.batch, p.side, p.side, 1]);
    const waves = leaf(wavesOf(t, p.channels), [p.batch, p.channels]);
    return mse(tape, unetNetwork(partsOf(tape, w, p), p, image, waves), noise);
  };
}

function partsOf(tape: Tape, w: Record<string, Value>, p: UNet): Parts<Value> {
  const dense = (name: string, x: Value) => linear(tape, x, w[name], w[`${name}Bias`]);
  const norm = (name: string, x: Value) =>
    groupNorm(tape, x, [w[`${name}Scale`], w[`${name}Shift`]], p.groups, EPSILON);
  return {
    keep: (x) => x,
    add: (a, b) => add(tape, a, b),
    silu: (x) => silu(tape, x),
    conv: (name, x, stride = 1) =>
      conv(tape, x, w[name], w[`${name}Bias`], stride, (w[name].shape[0] - 1) / 2),
    linear: dense,
    norm,
    attend(name, h) {
      const [batch, height, width, c] = h.shape;
      const flat = reshaped(norm(`${name}.norm`, h), [batch, height * width, c]);
      const mixed = attention(tape, dense(`${name}.qkv`, flat), p.heads, false);
      return add(tape, h, reshaped(dense(`${name}.out`, mixed), h.shape));
    },
    told: (x, e) => told(tape, x, e),
    joined: (a, b) => joined(tape, a, b),
    doubled: (x) => doubled(tape, x),
  };
}

/** Multiplications of a forward pass for one image. */
function perImage(p: UNet): number {
  const shapes = unetShapes(p);
  const [large, little] = [p.side ** 2, (p.side / 2) ** 2];
  const onLarge = /^(first|down\.0\.blocks|up\.1|up\.0\.double|last)/;
  const weights = Object.entries(shapes).map(([name, shape]) => {
    if (shape.length < 2) return 0;
    const size = shape.reduce((a, b) => a * b, 1);
    if (/^embed|\.time$/.test(name)) return size;
    return size * (onLarge.test(name) ? large : little);
  });
  const attending = looks.length * 2 * little ** 2 * 2 * p.channels;
  return weights.reduce((a, b) => a + b, attending);
}

export const unet: Kind<UNet> = {
  mode: 'latency',
  shape: ({ side, channels, heads, batch }) =>
    `${channels}-${2 * channels} channels, ${heads} heads, batch ${batch}, ${side}x${side}`,
  flops: (p) => 6 * p.batch * perImage(p),
  bytes: (p) => trainingBytes(unetShapes(p), 2 * p.batch * p.side ** 2),
  inputs: (p, random) => ({
    ...drawParameters(unetShapes(p), random),
    x: uniform(p.batch * p.side ** 2, 2, random),
    noise: uniform(p.batch * p.side ** 2, 2, random),
    t: whole(p.batch, 100, random).map((k) => (k + 1) / 128), // exact in f32
  }),
  judge: (p, inputs) =>
    byLosses(trainLosses(unetShapes(p), inputs, unetLoss(p, inputs), checkedSteps)),
};
