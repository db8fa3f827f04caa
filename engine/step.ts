import { demand, EightfoldError } from './errors.ts';
import { disposePlan, makePlan, type Plan, pipelinesOf } from './bind.ts';
import { runPlan } from './execute.ts';
import type { Gpu } from './gpu.ts';
import { collect, type Graph, structure } from './graph.ts';
import { makeNode, toTensor } from './op.ts';
import { fillOp } from './ops/pointwise.ts';
import { type Recording, record } from './recording.ts';
import { aliased } from './units.ts';
import { type Arg, dims, type Result, Tensor, type TypedArray, Variable } from './tensor.ts';

/** A step: call it to record, plan and run its function once. */
export interface StepFunction<A extends unknown[], R> {
  (...args: A): R;
  /** How often it has run. Part of the random key: save and restore it with a checkpoint. */
  runs: number;
  /** Its random stream. */
  readonly stream: number;
  /** Compiles the kernels a call with these arguments will need, without running anything. */
  prepare(...args: A): Promise<void>;
  /** Frees the buffers of its plans; results of earlier calls die. */
  dispose(): void;
}

const MAX_PLANS = 16;

/** Plans by structure, the least recently used thrown away first. */
class PlanCache {
  private readonly plans = new Map<string, Plan>();
  private readonly gpu: Gpu;

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  find(graph: Graph): { plan: Plan; fresh: boolean } {
    const key = structure(graph);
    const known = this.plans.get(key);
    if (known) {
      this.plans.delete(key);
      this.plans.set(key, known);
      return { plan: known, fresh: false };
    }
    if (this.plans.size >= MAX_PLANS) {
      const [oldest, plan] = this.plans.entries().next().value as [string, Plan];
      this.plans.delete(oldest);
      disposePlan(this.gpu, plan);
    }
    const plan = makePlan(this.gpu, graph);
    this.plans.set(key, plan);
    return { plan, fresh: true };
  }

  dispose(): void {
    for (const plan of this.plans.values()) disposePlan(this.gpu, plan);
    this.plans.clear();
  }
}

/** What `gpu.step` takes besides the function. */
export interface StepOptions {
  /** Seed of its random numbers; the engine's unless given. */
  seed?: number;
  /** Random stream: steps with equal seed and stream draw equal numbers. One of its own unless given. */
  stream?: number;
}

/** Makes the function that `gpu.step` returns. */
export function makeStep<A extends unknown[], R>(
  gpu: Gpu,
  fn: (...args: A) => R,
  { seed = gpu.seed, stream = gpu.streams++ }: StepOptions = {},
): StepFunction<A, R> {
  const cache = new PlanCache(gpu);
  let epoch = 0;
  let learning = 2; // runs whose nodes keep the stack of their birth
  const draw = (args: A) => {
    gpu.check();
    const options = { step, seed, stream, run: step.runs, sites: learning > 0 };
    const { recording, result } = record(options, () => fn(...args));
    refusePromise(result);
    return { result, recording, ...graphOf(result, recording) };
  };
  const call = (...args: A): R => {
    const { result, recording, graph, returned } = draw(args);
    // Tensors of the last run die before the buffers are written again.
    epoch++;
    const { plan, fresh } = cache.find(graph);
    learning = fresh ? 2 : learning - 1;
    (observer ?? runPlan)(gpu, plan, graph);
    step.runs++;
    for (const effect of recording.effects) effect();
    recording.reads.clear(); // so that a kept result does not keep the whole graph
    recording.assigned.clear();
    const born = epoch;
    finish(returned, plan, { gpu, step, alive: () => epoch === born });
    return result;
  };
  const step: StepFunction<A, R> = Object.assign(call, {
    runs: 0,
    stream,
    prepare: async (...args: A) => {
      const { graph } = draw(args);
      await Promise.all(pipelinesOf(gpu, graph).map((request) => gpu.pipelines.prepare(request)));
    },
    dispose: () => {
      epoch++;
      cache.dispose();
    },
  });
  return step;
}

type Observer = (gpu: Gpu, plan: Plan, graph: Graph) => void;
let observer: Observer | null = null;

/** Lets a profile run the plans of the steps called inside `fn` in its own way. */
export function observe<T>(watch: Observer, fn: () => T): T {
  observer = watch;
  try {
    return fn();
  } finally {
    observer = null;
  }
}

function refusePromise(result: unknown): void {
  const thenable = typeof (result as { then?: unknown } | undefined)?.then === 'function';
  demand(
    !thenable,
    () =>
      'step: the function returned a promise. Nothing runs inside a step, so there is nothing to await; make it synchronous.',
  );
}

/** A returned tensor and the node output that holds its value. */
type Returned = readonly [Tensor, Tensor];

function graphOf(result: unknown, recording: Recording): { graph: Graph; returned: Returned[] } {
  const found: Tensor[] = [];
  findTensors(result, found, new Set());
  const mine = found.filter((t) => t.node.recording === recording);
  const returned = mine.map((t) => [t, owned(t)] as const);
  const placed = new Set<Tensor>();
  const assigns = [...recording.assigned].map(([v, t]) => {
    const behind = aliased(t);
    const value = placed.has(behind) ? copyOf(t) : owned(t); // nothing lies in two variables
    placed.add(behind);
    return [v, value] as const;
  });
  return {
    graph: collect(
      returned.map(([, t]) => t),
      assigns,
    ),
    returned,
  };
}

/** A value with memory of its own: one that only names a leaf is copied. */
function owned(t: Tensor): Tensor {
  return aliased(t).node.op.kind === 'leaf' ? copyOf(t) : t;
}

const copyOf = (t: Tensor): Tensor => makeNode(fillOp.info, [t], undefined, [t]).outputs[0];

function findTensors(value: unknown, found: Tensor[], seen: Set<unknown>): void {
  if (value instanceof Tensor) {
    if (!found.includes(value)) found.push(value);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Variable)) {
    if (seen.has(value) || ArrayBuffer.isView(value)) return;
    seen.add(value);
    for (const inner of Object.values(value)) findTensors(inner, found, seen);
  }
}

/** Tells the returned tensors where their values lie, and lets go of the recording. */
function finish(
  returned: Returned[],
  plan: Plan,
  life: Pick<Result, 'gpu' | 'step' | 'alive'>,
): void {
  returned.forEach(([t], i) => {
    t.result = { ...life, ...plan.roots[i] };
    t.node = { ...t.node, inputs: [], outputs: [] };
  });
}

/** Computes a lazy tensor and reads it; none of it stays on the GPU. */
export function readLazy(gpu: Gpu, t: Tensor): Promise<TypedArray> {
  return once(gpu, collect([owned(t)], []), ({ roots: [{ memory, offset }] }) =>
    gpu.read(memory, offset, t.size, t.dtype),
  );
}

/** Computes a lazy tensor into a variable. */
export function assignLazy(gpu: Gpu, v: Variable, value: Arg): void {
  const t = toTensor(value, v.dtype);
  demandSame(v, t);
  once(gpu, collect([], [[v, owned(t)]]), () => undefined);
}

/** Runs a graph outside steps and frees its buffers, which outlive the work submitted on them. */
function once<T>(gpu: Gpu, graph: Graph, use: (plan: Plan) => T): T {
  gpu.check();
  const plan = makePlan(gpu, graph);
  runPlan(gpu, plan, graph);
  const value = use(plan);
  disposePlan(gpu, plan);
  return value;
}

function demandSame(v: Variable, t: Tensor): void {
  if (t.dtype === v.dtype && dims(t) === dims(v)) return;
  throw new EightfoldError(
    'argument',
    `assign: '${v.name}' ${dims(v)} ${v.dtype} got ${dims(t)} ${t.dtype}. ` +
      'Assign a tensor of the same shape and dtype; reshape, broadcastTo or cast it.',
  );
}
