import type { Form } from '../models/data/form.ts';
import type { RunConfig } from '../run/folder.ts';

/** What a run goes on from, instead of its step 0. */
export type From =
  /** A run that this browser keeps. */
  | { kind: 'kept'; id: string }
  /** The checkpoint of the run that comes with the page. */
  | { kind: 'shipped' }
  /** A file of the person's: a checkpoint, with its losses by name where it tells them. */
  | { kind: 'file'; file: Uint8Array<ArrayBuffer>; losses: Record<string, Float32Array> };

/** What the page asks of the worker that trains. The first message is `open`. */
export type Command =
  | { kind: 'open'; run: RunConfig; from: From | null }
  | { kind: 'play' }
  | { kind: 'pause' }
  /** Goes on by one such part of training, an iteration unless given. */
  | { kind: 'step'; by?: Stride }
  /** Plays so many iterations a second, 0 for as many as can be. */
  | { kind: 'speed'; perSecond: number }
  | { kind: 'reset' }
  | { kind: 'profile' }
  /** Gives a setting another value from the next step on. */
  | { kind: 'change'; name: string; value: number | string }
  /** Keep the run in the browser as it is now. */
  | { kind: 'keep' }
  | Asked;

/** How far one press of Step goes: an epoch is 100 iterations where data are drawn without end. */
export type Stride = 'dispatch' | 'op' | 'iteration' | 'epoch';

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
  /** Iterations of an epoch; null where data are drawn without end. */
  epoch: number | null;
  /** How many samples are drawn at a time, and how many examples are given. */
  count: number;
  /** Training examples to compare samples with. */
  examples: Values;
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

/** What a dispatch stored, in numbers. */
export interface StoredFacts {
  shape: readonly number[];
  dtype: string;
  least: number;
  mean: number;
  most: number;
  /** Numbers that are NaN or infinite. */
  nonFinite: number;
  /** Rows and columns of `picture`. */
  rows: number;
  columns: number;
  /** The first rows and columns. */
  picture: Float32Array<ArrayBuffer>;
}

/** Where an iteration stands that is run dispatch by dispatch. */
export interface Visited {
  /** The dispatch that ran last, into the profile's. */
  index: number;
  /** All dispatches of the iteration. */
  of: number;
  stored: StoredFacts[];
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
  /** Samples of the trained model that comes with the page, before training has begun. */
  | { kind: 'preview'; samples: Samples }
  | { kind: 'profile'; profile: Profile }
  | { kind: 'visited'; visited: Visited | null }
  /** The answer to a question, null where a newer one took its place; a `part` is not the last. */
  | { kind: 'answer'; id: number; answer: unknown; part?: true; error?: string }
  /** Training goes on from this step: what was told beyond it will be told again. */
  | { kind: 'rewind'; step: number; reason: string }
  /** The run is kept in this browser as it was after this step. */
  | { kind: 'kept'; id: string; step: number }
  | { kind: 'notice'; text: string }
  /** `code` is the kind of the engine's errors. */
  | { kind: 'failed'; name: string; message: string; code?: string };

/** Sends a report to the page, handing over what is in `transfer`. */
export type Post = (report: Report, transfer?: Transferable[]) => void;
