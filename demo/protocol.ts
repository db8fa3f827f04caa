import type { Form } from '../models/data/form.ts';
import type { RunConfig } from '../run/folder.ts';

/** What the page asks of the worker that trains. The first message is `open`. */
export type Command =
  | { kind: 'open'; run: RunConfig }
  | { kind: 'play' }
  | { kind: 'pause' }
  | { kind: 'step' }
  | { kind: 'reset' }
  | { kind: 'profile' }
  /** Gives a setting another value from the next step on. */
  | { kind: 'change'; name: string; value: number | string }
  | Asked;

/** A question of a family's view (insight/answers.ts); a newer one of the same name takes its place. */
export interface Asked {
  kind: 'ask';
  id: number;
  name: string;
  question: unknown;
}

/** What training does at the moment. */
export type Phase = 'opening' | 'paused' | 'training' | 'done' | 'recovering' | 'failed';

/** Pixels or points as floats, tokens or audio levels as whole numbers, [n, ...]. */
export type Values = Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** What is known once a model is open. */
export interface Opened {
  adapter: string;
  software: boolean;
  /** Numbers that the optimisers train. */
  parameters: number;
  /** What an example of the data is. */
  form: Form;
  /** How many samples are drawn at a time, and how many examples are given. */
  count: number;
  /** Training examples to compare samples with. */
  examples: Values;
  /** A bound that the loss cannot pass, in its unit. */
  floor: { name: string; value: number } | null;
}

/** One dispatch of a profiled step. */
export interface Dispatch {
  op: string;
  kernel: string;
  /** Index into the profile's texts. */
  text: number;
  shapes: string;
  groups: readonly number[];
  /** NaN where the adapter has no timestamps. */
  ms: number;
  bytes: number;
  flops: number;
}

/** The dispatches of one training step with the WGSL that ran. */
export interface Profile {
  step: number;
  dispatches: Dispatch[];
  texts: string[];
}

/** Samples of the model after a step, always from the same noise. */
export interface Samples {
  step: number;
  values: Values;
  /** Whether the film keeps it. */
  keep: boolean;
}

/** What the worker tells the page. */
export type Report =
  | { kind: 'stage'; text: string }
  | { kind: 'compile'; kernel: string }
  | { kind: 'opened'; opened: Opened }
  | { kind: 'phase'; phase: Phase }
  /** The run after a change. */
  | { kind: 'changed'; run: RunConfig }
  /** Losses of the steps from + 1, from + 2, ..., one row each, in the order of names. */
  | { kind: 'losses'; from: number; names: string[]; rows: number[][]; bytes: number }
  | { kind: 'samples'; samples: Samples }
  | { kind: 'profile'; profile: Profile }
  /** The answer to a question, null where a newer one took its place; a `part` is not the last. */
  | { kind: 'answer'; id: number; answer: unknown; part?: true; error?: string }
  /** Training goes on from this step: what was told beyond it will be told again. */
  | { kind: 'rewind'; step: number; reason: string }
  | { kind: 'failed'; name: string; message: string };

/** Sends a report to the page, handing over what is in `transfer`. */
export type Post = (report: Report, transfer?: Transferable[]) => void;
