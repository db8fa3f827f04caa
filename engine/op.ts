import type { Choice, Tuning } from './choose.ts';
import { about, demand, EightfoldError, invariant } from './errors.ts';
import { currentGpu } from './gpu.ts';
import { demandHalf } from './half.ts';
import type { Kernel } from './kernel.ts';
import { currentRecording, noteSite } from './recording.ts';
import {
  type Arg,
  bytesOf,
  type DType,
  dims,
  type Node,
  type Shape,
  staleError,
  Tensor,
  Variable,
} from './tensor.ts';

export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A place for a tensor of the plan, as `run` sees it. */
export interface Slot extends Spec {
  readonly size: number;
}

/** What an op's `run` works with: it dispatches kernels on slots. Called once per plan. */
export interface Run {
  /** One dispatch. Bindings and params are checked against the kernel's own declarations. */
  dispatch(
    kernel: Kernel,
    bindings: Readonly<Record<string, Slot>>,
    params: Readonly<Record<string, number>>,
    groups: readonly [number, number?, number?],
    overrides?: Readonly<Record<string, number>>,
  ): void;
  /** A temporary that lives inside this op. */
  scratch(size: number, dtype?: DType): Slot;
  /** Sets every element. */
  fill(slot: Slot, value: number): void;
  /** Copies all elements of one slot to another of the same size and dtype. */
  copy(from: Slot, to: Slot): void;
  readonly gpu: Adapter;
}

/** What variants are chosen by. */
export interface Adapter {
  readonly features: ReadonlySet<string>;
  readonly limits: GPUSupportedLimits;
  /** True on a CPU driver, where barriers cost much and shared memory gains nothing. */
  readonly software: boolean;
  /** Lanes of a subgroup when the adapter has one fixed size and the feature, else null. */
  readonly subgroupSize: number | null;
  /** What was measured on this class of adapters. */
  readonly tuning: Tuning;
  /** Called with every choice of a variant. */
  readonly onChoice: ((choice: Choice) => void) | null;
}

/**
 * A strided view: the input starts at `start[j]` in its dimension j; output dimension i walks along
 * input dimension `from[i]` (-1: along none, a broadcast) in steps of `step[i]`.
 */
export interface ViewMap {
  readonly start: readonly number[];
  readonly from: readonly number[];
  readonly step: readonly number[];
}

/** How an op is planned: `kernel` ops dispatch, the other kinds are fused, aliased or bound. */
export type OpKind = 'kernel' | 'pointwise' | 'view' | 'alias' | 'leaf' | 'pack';

// biome-ignore lint/suspicious/noExplicitAny: attrs are typed where an op is defined
export interface OpInfo<A = any> {
  readonly name: string;
  readonly kind: OpKind;
  run?(k: Run, out: Slot[], inputs: Slot[], attrs: A): void;
  vjp?(g: Tensor[], inputs: readonly Tensor[], attrs: A, out: readonly Tensor[]): (Tensor | null)[];
  /** The one output is the first input's memory, changed where it lies. */
  readonly inPlace?: boolean;
  /** Every variant's final store calls `epilogue()`. */
  readonly epilogue?: boolean;
  /** Pointwise: the WGSL expression of one element. */
  code?(args: string[], attrs: A, dtype: DType): string;
  /** View: which input dimension each output dimension walks along. */
  view?(input: Shape, attrs: A): ViewMap;
  /** Alias: element offset into the input of the output with that index. */
  offset?(attrs: A, index: number): number;
  /** Floating-point operations, for profiles. */
  flops?(out: readonly Slot[], inputs: readonly Slot[], attrs: A): number;
}

export interface OpDefinition<A> extends Omit<OpInfo<A>, 'name' | 'kind'> {
  /** Checks the inputs and infers the outputs; a bare shape has the first input's dtype. */
  shape(inputs: readonly Tensor[], attrs: A): Shape | Spec | Spec[];
  readonly kind?: OpKind;
  /** Dtype that numbers take when no input is a tensor. */
  readonly scalar?: DType;
}

export interface OpFunction<A> {
  (inputs: readonly Arg[], attrs?: A): Tensor;
  /** All outputs of an op that has several. */
  all(inputs: readonly Arg[], attrs?: A): Tensor[];
  readonly info: OpInfo<A>;
}

/**
 * Defines an op: the one way to add one. Returns a function that checks its inputs, infers the
 * shape and records a node.
 */
export function op<A = void>(name: string, definition: OpDefinition<A>): OpFunction<A> {
  const info: OpInfo<A> = { kind: 'kernel', ...definition, name };
  const all = (args: readonly Arg[], attrs?: A): Tensor[] =>
    about(name, () => {
      const inputs = tensors(args, info.kind !== 'pointwise', definition.scalar);
      const inferred = definition.shape(inputs, attrs as A);
      return makeNode(info, inputs, attrs, specs(inferred, inputs)).outputs;
    });
  const one = (args: readonly Arg[], attrs?: A): Tensor => all(args, attrs)[0];
  return Object.assign(one, { all, info });
}

function specs(inferred: Shape | Spec | Spec[], inputs: readonly Tensor[]): readonly Spec[] {
  if ('shape' in inferred) return [inferred as Spec];
  if (inferred.length > 0 && typeof inferred[0] === 'object') return inferred as Spec[];
  return [{ shape: inferred as Shape, dtype: inputs[0].dtype }];
}

/** Reads args as tensors; numbers take the dtype of the first tensor among them. */
function tensors(args: readonly Arg[], materialise: boolean, scalar: DType = 'f32'): Tensor[] {
  const typedArg = args.find((a) => typeof a !== 'number') as Tensor | Variable | undefined;
  const dtype = typedArg?.dtype ?? scalar;
  return args.map((a) => {
    const t = toTensor(a, dtype);
    return materialise && t.node.op === scalarLeaf ? fillOf(t) : t;
  });
}

let nodes = 0;

/** Records a node. Throws before any GPU work when an output is larger than a buffer may be. */
export function makeNode(
  info: OpInfo,
  inputs: readonly Tensor[],
  attrs: unknown,
  outputs: readonly Spec[],
): Node {
  if (outputs.some(({ dtype }) => dtype === 'f16')) demandHalf(currentGpu(), info.name);
  const recording = currentRecording();
  const node: Node = {
    op: info,
    inputs,
    attrs,
    outputs: [],
    id: ++nodes,
    recording,
    walk: 0,
    local: 0,
  };
  for (let i = 0; i < outputs.length; i++) {
    const { shape, dtype } = outputs[i];
    const t = new Tensor(shape, dtype, node, i);
    node.outputs.push(t);
    if (info.kind !== 'leaf') checkSize(t);
  }
  noteSite(node);
  return node;
}

function checkSize(t: Tensor): void {
  if (t.size < 1 << 24) return;
  const limit = currentGpu().limits.maxStorageBufferBindingSize;
  if (bytesOf(t.size, t.dtype) <= limit) return;
  throw new EightfoldError(
    'limit',
    `${t.node.op.name}: the result ${dims(t)} needs ${bytesOf(t.size, t.dtype)} bytes, this adapter ` +
      `binds at most ${limit}. Use smaller batches or split the tensor.`,
  );
}

/** Reads an argument of an op as a tensor that may be used now. */
export function toTensor(arg: Arg, dtype: DType = 'f32'): Tensor {
  if (typeof arg === 'number') {
    return makeNode(scalarLeaf, [], { value: arg }, [{ shape: [], dtype }]).outputs[0];
  }
  if (arg instanceof Variable) {
    arg.check();
    return currentRecording()?.read(arg) ?? readVariable(arg);
  }
  demand(
    arg instanceof Tensor,
    () =>
      `expected a tensor, a variable or a number, got ${describe(arg)}. Wrap arrays in tensor().`,
  );
  const recording = currentRecording();
  if (arg.result) {
    if (!arg.result.alive()) throw staleError(arg);
    demand(
      !recording || arg.result.step !== recording.step,
      () =>
        `${dims(arg)} is a result of this same step, whose next run overwrites it. ` +
        'Keep values that go from run to run in a variable.',
    );
    return external(arg);
  }
  const from = arg.node.recording;
  if (from && from !== recording) throw staleError(arg);
  return arg;
}

const describe = (x: unknown): string =>
  x === null
    ? 'null'
    : x instanceof Promise
      ? 'a promise'
      : Array.isArray(x)
        ? 'an array'
        : typeof x;

/** Leaves: what a graph starts from. */
export const scalarLeaf: OpInfo = { name: 'number', kind: 'leaf' };
export const variableLeaf: OpInfo = { name: 'variable', kind: 'leaf' };
export const hostLeaf: OpInfo = { name: 'tensor', kind: 'leaf' };
export const externalLeaf: OpInfo = { name: 'result', kind: 'leaf' };

const lazyReads = new WeakMap<Variable, Tensor>();

/** A variable as a leaf: one for each recording, one for all lazy tensors outside steps. */
export function readVariable(variable: Variable): Tensor {
  const outside = !currentRecording();
  const known = outside && lazyReads.get(variable);
  if (known) return known;
  const leaf = makeNode(variableLeaf, [], { variable }, [variable]).outputs[0];
  if (outside) lazyReads.set(variable, leaf);
  return leaf;
}

const externals = new WeakMap<Tensor, Tensor>();

/** A finished tensor of another step, as a leaf of this one. */
function external(t: Tensor): Tensor {
  const known = externals.get(t);
  if (known && known.node.recording === currentRecording()) return known;
  const leaf = makeNode(externalLeaf, [], { tensor: t }, [t]).outputs[0];
  externals.set(t, leaf);
  return leaf;
}

/** A contiguous range of a flat tensor with a shape of its own; no copy. */
const part = op<{ offset: number; shape: Shape }>('part', {
  kind: 'alias',
  shape: (_, { shape }) => shape,
  offset: ({ offset }) => offset,
});

export function partOf(flat: Tensor, v: Variable): Tensor {
  invariant(v.base !== null, 'part of a variable that stands alone');
  return part([flat], { offset: (v.offset - v.base.offset) / 4, shape: v.shape });
}

let fill: ((t: Tensor) => Tensor) | null = null;

/** Lets the pointwise module say how a number becomes a tensor in memory. */
export function defineFill(make: (t: Tensor) => Tensor): void {
  fill = make;
}

function fillOf(scalar: Tensor): Tensor {
  invariant(fill !== null, 'pointwise ops are not loaded');
  return fill(scalar);
}
