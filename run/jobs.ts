import type { ExperimentName, Findings } from './experiment/experiment.ts';
import type { FloorPoint } from '../models/metrics/curves.ts';
import type { Coverage } from '../models/metrics/neighbours.ts';
import type { Baseline } from '../models/metrics/plain.ts';
import type { Compared } from '../models/uses/outliers.ts';
import type { Pixels } from './picture.ts';
import type { MetricsLine, RunConfig } from './folder.ts';

/** Samples in a form that people can see, read or hear, as they travel to Node: bytes as base64. */
export type Shown =
  | ({ kind: 'picture'; pixels: string } & Omit<Pixels, 'pixels'>)
  | { kind: 'text'; lines: string[] }
  /** μ-law levels, `rate` a second. */
  | { kind: 'audio'; rate: number; recordings: string[] };

/** What the page tells Node while a job runs. */
export type RunEvent =
  | { kind: 'open'; adapter: string; software: boolean; parameters: number; start: number }
  | { kind: 'stage'; text: string }
  | { kind: 'log'; line: MetricsLine }
  | { kind: 'save'; step: number; checkpoint: string; shown: Shown }
  | { kind: 'checkpoint'; step: number; checkpoint: string; seconds: number };

/** Tells Node of an event and waits until it has dealt with it. */
export type Emit = (event: RunEvent) => Promise<void>;

/** A run, and where it stands. */
export interface RunInput extends RunConfig {
  /** The checkpoint to start from, as base64. */
  checkpoint: string | null;
}

/** What training takes. */
export interface TrainInput extends RunInput {
  logEvery: number;
  saveEvery: number;
  /** Whether to measure the model on test data at the end. */
  evaluate: boolean;
}

/** How training ended. */
export interface TrainOutput {
  step: number;
  stopped: boolean;
  /** Time of the training, without opening and measuring. */
  seconds: number;
  /** Test metrics by name; null when stopped, or not asked for. */
  test: Record<string, number> | null;
}

/** What is to be shown of a run. */
export interface SampleInput extends RunInput {
  count: number;
  /** Pictures of how samples come to be; 0 for the samples alone. */
  frames: number;
  /** 'samples', or a view of the model. */
  show: string;
  /** A text with blanks, which samples fill in. */
  given?: string;
}

/** A run that is trained to its end and measured. */
export interface MeasureInput extends RunInput {
  /** Steps between checkpoints. */
  saveEvery: number;
  /** Time that training took up to the checkpoint it starts from. */
  seconds: number;
}

/** What a run trained to its end came to. */
export interface MeasureOutput {
  /** Time of the training alone, also of one that was resumed. */
  seconds: number;
  adapter: string;
  test: Record<string, number>;
}

/** What training costs. */
export interface CostOutput {
  parameters: number;
  /** Examples of the data that a step takes. */
  rows: number;
  /** Floating point operations of a step, as the engine counts them in its dispatches. */
  flops: number;
  /** Most GPU memory that the engine held in the first steps, bytes. */
  bytes: number;
}

/** Images by the metrics of samples; null where a metric is no number. */
export interface SampledImages {
  quality: Record<string, number | null>;
  /** Images that were measured. */
  count: number;
  /** The first of them, a byte a value, as base64. */
  images: string;
}

/** What a run of the comparison came to. */
export interface ContestOutput {
  adapter: string;
  /** The step after which a loss was no number; null when training came to its end. */
  diverged: number | null;
  /** Time of the training alone, also of one that was resumed. */
  seconds: number;
  /** Test metrics by name, null where one is no number. None of a run that diverged. */
  test: Record<string, number | null>;
  /** What samples are like; null of a run that diverged. */
  sampled: (SampledImages & { passes: number; sampleMs: number }) | null;
}

/** GPU memory that an engine holds. */
export interface Held {
  live: number;
  buffers: number;
}

/** What the GPU held while a run was trained. */
export interface SoakOutput {
  second: Held;
  last: Held;
  /** GPU objects made after step 2, by the call that made them. */
  created: Record<string, number>;
  adapter: string;
}

/** Which test examples a run is to compress. */
export interface CompressInput extends RunInput {
  /** Test examples, all for null. */
  count: number | null;
}

/** What compression came to. */
export interface CompressOutput {
  /** The file, as base64. */
  file: string;
  bytes: number;
  /** Its length without the bits that it began with, bits. */
  net: number;
  /** What the model says that it takes. */
  nats: number;
  /** Whether `nats` is a bound. */
  bound: boolean;
  examples: number;
  symbols: number;
  seconds: number;
}

/** What a run is to restore. */
export interface DecompressInput extends RunInput {
  /** As base64. */
  file: string;
}

/** How what was restored compares with the test data. */
export interface DecompressOutput {
  examples: number;
  /** Those that differ from the test data. */
  wrong: number;
  seconds: number;
}

/** Which images the likelihood of a run is to be compared on. */
export interface OodInput extends RunInput {
  /** Another data set, or a way to change the test images. */
  other: string;
  /** Images of each, at most. */
  count: number;
}

/** Which feature network is to be trained. */
export interface FeaturesInput {
  data: string;
  epochs: number;
  seed: number;
  /** The command that asked for it, which its file tells. */
  command: string;
}

/** A trained feature network. */
export interface FeaturesOutput {
  /** Its weights, as base64. */
  file: string;
  /** Part of the test images whose class it tells. */
  accuracy: number;
  parameters: number;
  adapter: string;
  seconds: number;
}

/** Of which data the floors of the sample metrics are wanted. */
export interface FloorsInput {
  data: string;
  /** Rows of a sample, at most. */
  most: number;
  /** Pairs of samples of each size. */
  repeats: number;
}

/** What baselines say of real data, and the metrics of real data beside real data. */
export interface FloorsOutput {
  baselines: Baseline[];
  /** None of data that are no images and no points. */
  points: FloorPoint[];
  seconds: number;
  adapter: string;
}

/** How many pairs of samples are drawn. */
export interface GaussiansInput {
  pairs: number;
}

/**
 * Precision, recall, density and coverage of pairs of samples of rows of N(0, I), and what others have of one.
 */
export interface GaussiansOutput {
  rows: number;
  size: number;
  k: number;
  found: Coverage[];
  published: Coverage;
  seconds: number;
  adapter: string;
}

/** Of which data, and how many images at most of training and of test. */
export interface EvaluationInput {
  data: string;
  rows: number;
}

/** All metrics of samples, and what they took, s. */
export interface EvaluationOutput {
  /** What the rows are made of. */
  features: string;
  /** Numbers of a row. */
  size: number;
  rows: number;
  values: Record<string, number>;
  /** From images to rows; what belongs to the real ones alone; what is of the samples. */
  seconds: { describe: number; reference: number; samples: number };
  adapter: string;
}

/** Every job of the page: what it takes and gives, as JSON. */
export interface Jobs {
  train: { input: TrainInput; output: TrainOutput };
  sample: { input: SampleInput; output: Shown };
  compress: { input: CompressInput; output: CompressOutput };
  decompress: { input: DecompressInput; output: DecompressOutput };
  ood: { input: OodInput; output: Compared };
  features: { input: FeaturesInput; output: FeaturesOutput };
  floors: { input: FloorsInput; output: FloorsOutput };
  gaussians: { input: GaussiansInput; output: GaussiansOutput };
  evaluation: { input: EvaluationInput; output: EvaluationOutput };
  measure: { input: MeasureInput; output: MeasureOutput };
  cost: { input: RunInput; output: CostOutput };
  contest: { input: MeasureInput; output: ContestOutput };
  floor: { input: { data: string }; output: SampledImages };
  experiment: { input: { name: ExperimentName }; output: Findings };
  soak: { input: RunInput; output: SoakOutput };
}

/** What a job returns to Node: a value, or an error that kept its kind. */
export type Answer<T> = { value: T } | { error: { kind: string; message: string; stack: string } };
