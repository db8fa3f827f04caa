import { demand, EightfoldError } from './errors.ts';
import { type Node, type Tensor, type Variable, type Arg, dims } from './tensor.ts';
import { partOf, readVariable, toTensor } from './op.ts';

/** Where a run's random numbers come from: seed, stream of the step, number of the run. */
export interface RandomKey {
  readonly seed: number;
  readonly stream: number;
  readonly run: number;
}

/** What one call of a step's function leaves behind besides the graph it returns. */
export interface Recording extends RandomKey {
  /** True while the function runs. */
  open: boolean;
  /** The step being recorded. */
  readonly step: object;
  /** Random ops recorded so far. */
  calls: number;
  /** The tensor each variable reads as, memoised so that gradients find it. */
  readonly reads: Map<Variable, Tensor>;
  /** The last value assigned to each variable. */
  readonly assigned: Map<Variable, Tensor>;
  /** Whether nodes keep the stack of their birth. */
  readonly sites: boolean;
  /** What else happens when the step runs, such as counting an optimiser's updates. */
  readonly effects: (() => void)[];
  /** The Philox key of this run as a tensor, once a random op asked for it. */
  key: Tensor | null;
  read(variable: Variable): Tensor;
  assign(variable: Variable, value: Arg): void;
}

let current: Recording | null = null;

/** The recording that ops append to now, null outside a step. */
export const currentRecording = (): Recording | null => current;

/** Runs `fn` with a fresh recording. Throws when a step is already being recorded. */
export function record<T>(
  options: RandomKey & { step: object; sites: boolean },
  fn: () => T,
): { recording: Recording; result: T } {
  if (current) {
    throw new EightfoldError(
      'argument',
      'step: called inside another step. Call the inner function directly, or run it before.',
    );
  }
  const recording: Recording = {
    ...options,
    open: true,
    calls: 0,
    reads: new Map(),
    assigned: new Map(),
    key: null,
    effects: [],
    read: (v) => readIn(recording, v),
    assign: (v, value) => assignIn(recording, v, value),
  };
  current = recording;
  try {
    const result = fn();
    return { recording, result };
  } finally {
    recording.open = false;
    current = null;
  }
}

function readIn(recording: Recording, v: Variable): Tensor {
  for (const part of recording.assigned.keys()) {
    demand(
      part.base !== v,
      () =>
        `the optimiser reads its variables after '${part.name}' ${dims(part)} was assigned in this ` +
        'step. Assign after the update, or in a step of its own.',
    );
  }
  const known = recording.reads.get(v);
  if (known) return known;
  const flat = v.base && recording.assigned.get(v.base);
  const t = flat ? partOf(flat, v) : readVariable(v);
  recording.reads.set(v, t);
  return t;
}

function assignIn(recording: Recording, v: Variable, value: Arg): void {
  const t = toTensor(value, v.dtype);
  demand(
    t.dtype === v.dtype &&
      t.shape.length === v.shape.length &&
      t.shape.every((d, i) => d === v.shape[i]),
    () =>
      `assign: '${v.name}' ${dims(v)} ${v.dtype} got ${dims(t)} ${t.dtype}. ` +
      'Assign a tensor of the same shape and dtype; reshape, broadcastTo or cast it.',
  );
  recording.assigned.set(v, t);
  recording.reads.set(v, t);
  // Parts of a flat variable are overwritten with it, and read through it from now on.
  for (const memory of [recording.reads, recording.assigned]) {
    for (const part of [...memory.keys()]) if (part.base === v) memory.delete(part);
  }
}

/** Notes where a node was made, if the recording asks for it. */
export function noteSite(node: Node): void {
  if (node.recording && !node.recording.sites) return;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 12;
  node.site = new Error();
  Error.stackTraceLimit = limit;
}
