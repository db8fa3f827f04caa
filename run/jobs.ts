import type { Grey } from './picture.ts';
import type { MetricsLine, RunConfig } from './folder.ts';

/** Grey pixels as they travel to Node. */
export interface Picture extends Omit<Grey, 'pixels'> {
  /** Bytes, row by row from the top, as base64. */
  pixels: string;
}

/** What the page tells Node while a job runs. */
export type RunEvent =
  | { kind: 'open'; adapter: string; software: boolean; parameters: number; start: number }
  | { kind: 'stage'; text: string }
  | { kind: 'log'; line: MetricsLine }
  | { kind: 'save'; step: number; checkpoint: string; picture: Picture };

/** Tells Node of an event and waits until it has dealt with it. */
export type Emit = (event: RunEvent) => Promise<void>;

export interface RunInput extends RunConfig {
  /** The checkpoint to start from, as base64. */
  checkpoint: string | null;
}

export interface TrainInput extends RunInput {
  logEvery: number;
  saveEvery: number;
  /** Whether to measure the model on test data at the end. */
  evaluate: boolean;
}

export interface TrainOutput {
  step: number;
  stopped: boolean;
  /** Time of the training, without opening and measuring. */
  seconds: number;
  /** Test metrics by name; null when stopped, or not asked for. */
  test: Record<string, number> | null;
}

export interface SampleInput extends RunInput {
  count: number;
}

export interface MeasureOutput {
  /** Time of the training alone. */
  seconds: number;
  adapter: string;
  test: Record<string, number>;
}

/** GPU memory that an engine holds. */
export interface Held {
  live: number;
  buffers: number;
}

export interface SoakOutput {
  second: Held;
  last: Held;
  /** GPU objects made after step 2, by the call that made them. */
  created: Record<string, number>;
  adapter: string;
}

/** Every job of the page: what it takes and gives, as JSON. */
export interface Jobs {
  train: { input: TrainInput; output: TrainOutput };
  sample: { input: SampleInput; output: Picture };
  measure: { input: RunInput; output: MeasureOutput };
  soak: { input: RunInput; output: SoakOutput };
}

/** What a job returns to Node: a value, or an error that kept its kind. */
export type Answer<T> = { value: T } | { error: { kind: string; message: string; stack: string } };
