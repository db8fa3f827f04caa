import {
  argmax,
  cast,
  currentGpu,
  namedVariables,
  reshape,
  type Tensor,
  tensor,
  variable,
  writeRows,
} from '../../engine/index.ts';
import { placeOf, type Reader, type SequenceModel } from '../../models/autoregressive/sequence.ts';
import { transformer } from '../../models/autoregressive/transformer.ts';
import { wavenet } from '../../models/autoregressive/wavenet.ts';
import { settle } from '../../models/catalog.ts';
import { type GenerateAudio, reach } from '../problems/generate_audio.ts';
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

/** A drawing of `count` symbols among `classes` as a reader says. */
export function drawing(reader: Reader, count: number, classes: number): Drawing {
  const before = variable(null, [1], { dtype: 'u32', name: 'before' });
  const drawn = variable(null, [1, count], { name: 'drawn' });
  const last = variable(null, [1, classes], { name: 'last logits' });
  const next = currentGpu().step((at: number, i: number) => {
    const logits = reader.next(reshape(before, [1]), at);
    const symbol = argmax(logits, -1);
    before.assign(symbol);
    last.assign(logits);
    writeRows(drawn, reshape(cast(symbol, 'f32'), [1, 1]), placeOf(i), 1);
  });
  return {
    next,
    begin: (symbol) => before.write(Uint32Array.of(symbol)),
    read: () => Promise.all([drawn, last].map((v) => v.data() as Promise<Float32Array>)),
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

/** Text and audio as the studio draws them: nothing that was read is computed again. */
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
};
