import type { Attention } from './problems/attention.ts';
import type { Cnn } from './problems/cnn.ts';
import type { Conv } from './problems/conv.ts';
import type { Host } from './problems/host.ts';
import type { LayerNorm } from './problems/layer_norm.ts';
import type { LogDet } from './problems/log_det.ts';
import type { Matmul } from './problems/matmul.ts';
import type { Mlp } from './problems/mlp.ts';
import type { Pointwise } from './problems/pointwise.ts';
import type { Reduce } from './problems/reduce.ts';
import type { Softmax } from './problems/softmax.ts';
import type { Transformer } from './problems/transformer.ts';

/** The work of a case, in sizes alone: every contestant builds it its own way. */
export type Problem =
  | Matmul
  | Conv
  | Softmax
  | LayerNorm
  | Reduce
  | Pointwise
  | Attention
  | LogDet
  | Mlp
  | Cnn
  | Transformer
  | Host;

/** Named flat inputs; images are NHWC and filters [kh, kw, in, out]. */
export type Inputs = Record<string, Float32Array>;

/** One problem made ready by one contestant. */
export interface Work {
  /** Queues one call. */
  call(): void | Promise<void>;
  /** Resolves when everything queued has really run. */
  settle(): Promise<void>;
  /** Results of the last call, laid out as the reference has them. */
  read(): Promise<Float32Array[]>;
}

/** A library in the race, with a GPUDevice of its own. */
export interface Contestant {
  name: string;
  /** Requests its device. Called once per page. */
  open(): Promise<void>;
  /** Null when it does not take part in this problem. */
  prepare(problem: Problem, inputs: Inputs): Promise<Work | null>;
  /** Contestants that each use one variant of the contracts whose names match. */
  variants?(contract: RegExp): Contestant[];
}

/** What one contestant did to its device, counted at the WebGPU prototypes. */
export interface Counts {
  dispatches: number;
  submits: number;
  passes: number;
  buffers: number;
  bindGroups: number;
  pipelines: number;
  writes: number;
  copies: number;
}

/** Outcome of a correctness check: errors in units of what rounding may cost. */
export interface Check {
  ok: boolean;
  error: number;
  tolerance: number;
}

/** One line of the result. Counts are per call in steady state, times in milliseconds per call. */
export interface Row extends Counts {
  case: string;
  /** Ours: 'eightfold'; else the name of the peer. */
  contestant: string;
  median_ms: number;
  min_ms: number;
  /** Interquartile range over median. */
  spread: number;
  /** Samples; each is the mean of `loop` calls. */
  n: number;
  loop: number;
  /** From building the problem to the end of its first call, pipelines included. */
  first_ms: number;
  /** Most bytes of live buffers since the page was opened, the read-back of the check included. */
  peakBytes: number;
  /** Time over ours: above 1 we are faster. Null without our row. */
  ratio: number | null;
  check: Check;
  /** The error, where the contestant failed; its numbers are then 0. */
  failed?: string;
  samples: number[];
}

/** Under what circumstances the rows were measured. */
export interface Header {
  date: string;
  adapter: { vendor: string; architecture: string; description: string; fallback: boolean };
  browser: string;
  flags: string[];
  versions: Record<string, string>;
  commit: string;
  cpu: string;
  /** One-minute load average at the start and at the end, the bench itself included. */
  load: [number, number];
}

export interface Report {
  schema: 1;
  header: Header;
  rows: Row[];
}
