import type { Choice, ProfileEvent, Tuning } from '../engine/index.ts';
import type { Attention } from './problems/attention.ts';
import type { Cnn } from './problems/cnn.ts';
import type { Conv } from './problems/conv.ts';
import type { Conv1d } from './problems/conv1d.ts';
import type { ConvTranspose } from './problems/conv_transpose.ts';
import type { Coverage } from './problems/coverage.ts';
import type { Cumsum } from './problems/cumsum.ts';
import type { Frechet } from './problems/frechet.ts';
import type { Gated } from './problems/gated.ts';
import type { GenerateAudio } from './problems/generate_audio.ts';
import type { GenerateImage } from './problems/generate_image.ts';
import type { GenerateText } from './problems/generate_text.ts';
import type { Host } from './problems/host.ts';
import type { LayerNorm } from './problems/layer_norm.ts';
import type { LogDet } from './problems/log_det.ts';
import type { Lookup } from './problems/lookup.ts';
import type { Masked } from './problems/masked.ts';
import type { MaskedLayer } from './problems/masked_layer.ts';
import type { Matmul } from './problems/matmul.ts';
import type { Mlp } from './problems/mlp.ts';
import type { Penalty } from './problems/penalty.ts';
import type { Pointwise } from './problems/pointwise.ts';
import type { Pool } from './problems/pool.ts';
import type { Reduce } from './problems/reduce.ts';
import type { Softmax } from './problems/softmax.ts';
import type { Transformer } from './problems/transformer.ts';
import type { Transpose } from './problems/transpose.ts';
import type { UNet } from './problems/unet.ts';
import type { WganGp } from './problems/wgan_gp.ts';

/** The work of a case, in sizes alone: every contestant builds it its own way. */
export type Problem =
  | Matmul
  | Conv
  | ConvTranspose
  | Masked
  | MaskedLayer
  | Conv1d
  | Cumsum
  | Lookup
  | Pool
  | Transpose
  | Softmax
  | LayerNorm
  | Reduce
  | Pointwise
  | Attention
  | LogDet
  | Penalty
  | Mlp
  | Cnn
  | Transformer
  | Gated
  | UNet
  | WganGp
  | GenerateImage
  | GenerateText
  | GenerateAudio
  | Coverage
  | Frechet
  | Host;

/** Named flat inputs; images are NHWC and filters [kh, kw, in, out]. */
export type Inputs = Record<string, Float32Array>;

/** One problem made ready by one contestant. */
export interface Work {
  /** Compiles what the calls need, without running any of it; left out where a library can't. */
  compile?(): Promise<void>;
  /** Queues one call. */
  call(): void | Promise<void>;
  /** Resolves when everything queued has really run. */
  settle(): Promise<void>;
  /** Results of the last call, laid out as the reference has them. */
  read(): Promise<Float32Array[]>;
  /** One call, each of its dispatches timed; left out where a library can't. */
  profile?(): Promise<ProfileEvent[]>;
}

/** Dispatches of one call that are the same op, kernel and shapes. */
export interface Part {
  readonly op: string;
  readonly kernel: string;
  readonly shapes: string;
  dispatches: number;
  /** On the GPU, all together; NaN where the adapter has no timestamps. */
  ms: number;
}

/** A variant that the engine is made to take, for sizes of one bucket or, as `*`, of all. */
export interface Forced {
  contract: string;
  bucket: string;
  variant: string;
}

/** A library in the race, with a GPUDevice of its own. */
export interface Contestant {
  name: string;
  /** The variant that is forced; none for a library as it is. */
  forced?: Forced;
  /** Requests its device. Called once per page. `tuning` is for the engine alone. */
  open(tuning?: Tuning): Promise<void>;
  /** Null when it does not take part in this problem. */
  prepare(problem: Problem, inputs: Inputs): Promise<Work | null>;
  /** Contestants that each use one variant. */
  force?(variants: readonly Forced[]): Contestant[];
  /** What the engine chose in what has run so far, each choice once. */
  choices?(): Choice[];
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

/** One dispatch of a call, as the driver got it. */
export interface Shader {
  /** Label of the pipeline, else of the module. */
  label: string;
  code: string;
  /** Values of overrides. */
  constants: Record<string, number>;
  /** Workgroups in x, y, z; null for an indirect dispatch. */
  groups: [number, number, number] | null;
}

/** What reflection says of the dispatches of one call. */
export interface Occupancy {
  /** Most workgroup memory of one workgroup, in bytes. */
  workgroupBytes: number;
  /** Most invocations of one workgroup. */
  invocations: number;
  /** Workgroups launched by the dispatch that launches most. */
  workgroups: number;
  /** Invocations launched by that dispatch. Registers are not visible through WebGPU. */
  threads: number;
}

export type Verdict = 'faster' | 'slower' | 'unsure';

/** One row beside another of the same race. */
export interface Comparison {
  /** Contestant of the other row. */
  name: string;
  /** The other's time over this row's, median over paired rounds: above 1 this row is faster. */
  ratio: number;
  /** 95 % interval of the ratio; null with too few rounds for one. */
  ci: [number, number] | null;
  verdict: Verdict;
}

/** What limits a row: arithmetic, memory traffic, or the cost of dispatches and submits. */
export type Bound = 'compute' | 'memory' | 'launch';

/** One line of the result. Counts are per call in steady state, times in milliseconds per call. */
export interface Row extends Counts {
  case: string;
  /** Ours: 'eightfold'; a forced variant: 'matmul/4_register'; else the name of the peer. */
  contestant: string;
  /** The forced variant, as `matmul/4_register`, or null. */
  variant: string | null;
  /** The bucket of sizes that it is forced for, `*` for all; null where none is. */
  bucket: string | null;
  /** The sizes in one line, and one by one. */
  shape: string;
  problem: Problem;
  check: Check;
  median_ms: number;
  /** 95 % interval of the median; null with too few samples for one. */
  ci: [number, number] | null;
  min_ms: number;
  /** Interquartile range over median. */
  spread: number;
  /** Samples; each is the mean of `loop` calls. */
  n: number;
  loop: number;
  /** Wall time in which pipelines were being compiled. */
  compile_ms: number;
  /** From building the problem to the end of its first call, pipelines included. */
  first_ms: number;
  /** Floating point operations of the problem, per second; null where the problem has no number. */
  gflops: number | null;
  /** Bytes that must be moved at least, per second; null where the problem has no number. */
  gbps: number | null;
  /** Operations per byte. */
  intensity: number | null;
  /** Time that the calibrated adapter needs at least, over the median: 1 is the roof. */
  roof: number | null;
  bound: Bound | null;
  /** Most bytes of live buffers since the page was opened, the read-back of the check included. */
  peakBytes: number;
  /** The fastest peer of the case, this row's speed-up over it, and what may be said of that. */
  best_peer: string | null;
  ratio: number | null;
  ratio_ci: [number, number] | null;
  verdict: Verdict | null;
  /** This row beside ours; null on our own row and where we failed. */
  ours: Comparison | null;
  occupancy: Occupancy | null;
  /** What the engine chose; only on rows of the engine. */
  choices?: Choice[];
  /** Median over the median without bounds checks, with `--robustness`. */
  robustness_tax?: number;
  /** Where the time of a call goes, with `--profile`. */
  profile?: Part[];
  /** More columns, by title. */
  extra?: Record<string, string | number>;
  /**
   * Why the row does not count: the contestant failed or was wrong, and its numbers are 0; or they are
   * better than the adapter can be.
   */
  failed?: string;
  samples: number[];
}

/** The smallest differences that clocks can show. */
export interface Clocks {
  /** Of `performance.now()`, in microseconds. */
  now_us: number;
  /** Of timestamp queries, in nanoseconds; null where the adapter has none. */
  timestamp_ns: number | null;
}

/** What the adapter can do at most, measured by the kernels of `bench/roofs/`. */
export interface Roofs {
  /** Multiply-adds in registers, two operations each. */
  gflops: number;
  /** Reading or copying 64 MiB, whichever moves more bytes per second. */
  gbps: number;
  /** The same of 1 MiB, again and again. */
  cached_gbps: number;
  /** One more empty dispatch in a pass. */
  dispatch_us: number;
  /** A submit of one empty dispatch, waited for. */
  submit_us: number;
  /** One workgroup barrier, for a workgroup of 64. */
  barrier_ns: number;
}

/** Under what circumstances the rows were measured. */
export interface Header {
  date: string;
  adapter: { vendor: string; architecture: string; description: string; fallback: boolean };
  browser: string;
  /** Flags of the browser that concern WebGPU. */
  flags: string[];
  /** Arguments of the bench. */
  args: string[];
  features: string[];
  limits: Record<string, number>;
  versions: Record<string, string>;
  commit: string;
  cpu: string;
  /** One-minute load average at the start and at the end, the bench itself included. */
  load: [number, number];
  clocks: Clocks;
  roofs: Roofs | null;
}

export interface Report {
  schema: 2;
  header: Header;
  rows: Row[];
}
