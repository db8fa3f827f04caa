import {
  argmax,
  cast,
  currentGpu,
  mul,
  namedVariables,
  reshape,
  type Tensor,
  tensor,
  type Variable,
  variable,
  writeRows,
} from '../../engine/index.ts';
import type { Autoregressive } from '../../models/autoregressive/autoregressive.ts';
import { gatedPixelcnn } from '../../models/autoregressive/gated_pixelcnn.ts';
import { placeOf, type Reader, type SequenceModel } from '../../models/autoregressive/sequence.ts';
import { transformer } from '../../models/autoregressive/transformer.ts';
import { wavenet } from '../../models/autoregressive/wavenet.ts';
import { settle } from '../../models/catalog.ts';
import { type GenerateAudio, reach } from '../problems/generate_audio.ts';
import type { GatedSizes } from '../problems/gated.ts';
import type { GenerateImage } from '../problems/generate_image.ts';
import type { GenerateText } from '../problems/generate_text.ts';
import type { Builders } from '../problems/kinds.ts';
import type { Inputs, Work } from '../types.ts';

/** The studio's transformer of these sizes, with these parameters. */
export function textModel(p: GenerateText, inputs: Inputs): SequenceModel {
  const { width, layers, heads, steps, classes } = p;
  const config = { ...settle('transformer', 'names'), width, layers, heads };
  const model = transformer(config, { symbols: classes, length: steps, ended: false });
  return filled(model, inputs);
}

/** The studio's WaveNet of these sizes, with these parameters. */
export function audioModel(p: GenerateAudio, inputs: Inputs): SequenceModel {
  const { channels, skips, layers, levels, context } = p;
  const config = { ...settle('wavenet', 'drums8k'), channels, skips, layers };
  return filled(wavenet(config, { symbols: levels, length: context, ended: false }), inputs);
}

/** The studio's gated PixelCNN of these sizes, with these parameters. */
export function imageModel(p: GatedSizes, inputs: Inputs): Autoregressive {
  const { side, channels, layers, first, filter, outputs } = p;
  const output = outputs === 1 ? 'bernoulli' : 'softmax';
  const config = { ...settle('gated_pixelcnn', 'mnist'), channels, layers, first, filter, output };
  const model = gatedPixelcnn(
    config as typeof config & { output: typeof output },
    [side, side, 1],
    outputs - 1,
    0,
  );
  for (const [path, v] of namedVariables(model.variables)) {
    const [group, ...rest] = path.split('.'); // layers.2.up.weight is up2, head.0.bias is head0Bias
    const name = group === 'head' ? `head${rest[0]}` : `${rest[1]}${rest[0]}`;
    v.write(inputs[name + (rest.at(-1) === 'bias' ? 'Bias' : '')]);
  }
  return model;
}

const ends = { weight: '', scale: 'Scale', shift: 'Shift', bias: 'Bias', table: '' };

/** The bench's name of a model's parameter: `blocks.1.qkv.bias` is `qkv1Bias`. */
function nameOf(path: string): string {
  const known: Record<string, string> = {
    'symbols.table': 'table',
    places: 'positions',
    bias: 'levelsBias',
    levels: 'levels',
  };
  if (path in known) return known[path];
  const parts = path.split('.');
  const end = ends[parts.pop() as keyof typeof ends];
  if (parts.length === 1) return `${parts[0] === 'norm' ? 'last' : parts[0]}${end}`;
  return `${parts[2]}${parts[1]}${end}`;
}

function filled(model: SequenceModel, inputs: Inputs): SequenceModel {
  for (const [path, v] of namedVariables(model.variables)) v.write(inputs[nameOf(path)]);
  return model;
}

/** Draws symbols of n = 1 sequence, always the likeliest, and keeps the last logits. */
export interface Drawing {
  /** Takes the symbol at place `at` and keeps it as number `i` of what is drawn. */
  next(at: number, i: number): void;
  /** Says what stands in front of the next place. */
  begin(before: number): void;
  read(): Promise<Float32Array[]>;
}

/**
 * Draws `count` symbols among `classes` by the logits [1, K] of place `at`. What stands in front of the
 * next place is what `shown` makes of a symbol [1], or of the same number as f32 [1, 1].
 */
function likeliest(
  before: Variable,
  [count, classes]: [number, number],
  logitsAt: (at: number) => Tensor,
  shown: (symbol: Tensor, number: Tensor) => Tensor,
): Pick<Drawing, 'next' | 'read'> {
  const drawn = variable(null, [1, count], { name: 'drawn' });
  const last = variable(null, [1, classes], { name: 'last logits' });
  const next = currentGpu().step((at: number, i: number) => {
    const logits = logitsAt(at);
    const symbol = argmax(logits, -1);
    const number = reshape(cast(symbol, 'f32'), [1, 1]);
    before.assign(shown(symbol, number));
    last.assign(logits);
    writeRows(drawn, number, placeOf(i), 1);
  });
  return {
    next,
    read: () => Promise.all([drawn, last].map((v) => v.data() as Promise<Float32Array>)),
  };
}

/** A drawing of `count` symbols among `classes` as a reader says. */
export function drawing(reader: Reader, count: number, classes: number): Drawing {
  const before = variable(null, [1], { dtype: 'u32', name: 'before' });
  const logitsAt = (at: number) => reader.next(reshape(before, [1]), at);
  return {
    ...likeliest(before, [count, classes], logitsAt, (symbol) => symbol),
    begin: (symbol) => before.write(Uint32Array.of(symbol)),
  };
}

/** A row of pixels, always the likeliest level, by what gives the logits [1, K] of pixel `at`. */
export function rowDrawing(
  { side, outputs }: GenerateImage,
  logitsAt: (at: number, before: Variable) => Tensor,
): Drawing {
  const before = variable(null, [1, 1], { name: 'pixel before' });
  const shown = (_: Tensor, level: Tensor) => mul(level, 1 / (outputs - 1));
  return {
    ...likeliest(before, [side, outputs], (at) => logitsAt(at, before), shown),
    begin: (level) => before.write([level / (outputs - 1)]),
  };
}

/** The same `count` places from `from` on in every call, after the symbol `before`. */
export function again(draw: Drawing, from: number, count: number, before: number): Work {
  return {
    call() {
      draw.begin(before);
      for (let i = 0; i < count; i++) draw.next(from + i, i);
    },
    settle: () => currentGpu().idle(),
    read: draw.read,
  };
}

/** Text, audio and images as the studio draws them: nothing that was read is computed again. */
export const generations: Builders<Work> = {
  generateText(p, inputs) {
    const draw = drawing(textModel(p, inputs).reader(1), p.steps, p.classes);
    return again(draw, 0, p.steps, p.vocab - 1);
  },

  /** Each call goes on where the last one ended; a sample costs the same wherever it is. */
  generateAudio(p, inputs) {
    const reader = audioModel(p, inputs).reader(1);
    const draw = drawing(reader, p.count, p.levels);
    const hear = currentGpu().step((before: Tensor, at: number) => reader.next(before, at));
    const known = p.context - p.count;
    const front = (at: number) => inputs.samples[at - 1];
    for (let t = known - reach(p); t < known; t++) hear(tensor(Uint32Array.of(front(t))), t);
    draw.begin(front(known));
    let at = known;
    return {
      ...again(draw, known, p.count, front(known)),
      call() {
        for (let i = 0; i < p.count; i++) draw.next(at++, i);
      },
    };
  },

  /** Each call draws the next row; every row costs the same, and after the last comes the first. */
  generateImage(p, inputs) {
    const walk = imageModel(p, inputs).walk(1);
    const draw = rowDrawing(p, (at, before) => walk.advance(at, before));
    const see = currentGpu().step((at: number, before: Tensor) => walk.advance(at, before));
    const value = (at: number) => (inputs.known[at] ?? 0) / (p.outputs - 1);
    let at = p.row * p.side;
    for (let t = 0; t < at; t++) see(t, tensor([value(t - 1)], [1, 1]));
    draw.begin(inputs.known[at - 1]);
    return {
      ...again(draw, at, p.side, inputs.known[at - 1]),
      call() {
        for (let i = 0; i < p.side; i++) draw.next(at++, i);
        at %= p.side ** 2;
      },
    };
  },
};
