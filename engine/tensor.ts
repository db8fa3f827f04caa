import { callSite, demand, EightfoldError } from './errors.ts';
import { toHalf } from './half.ts';
import { currentGpu, type Gpu, type Memory } from './gpu.ts';
import type { OpInfo } from './op.ts';
import { currentRecording, type Recording } from './recording.ts';

export type Shape = readonly number[];
/** What an element is. f16 and u8 are for storage: ops compute in f32, u32 and i32. */
export type DType = 'f32' | 'f16' | 'i32' | 'u32' | 'u8';
/** Host data. Of f16, Float32Array is its numbers and Uint16Array its bits. */
export type TypedArray = Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;
/** What an op accepts. A number is a scalar of the other operand's dtype; its value is data. */
export type Arg = Tensor | Variable | number;

const BYTES = { f32: 4, f16: 2, i32: 4, u32: 4, u8: 1 };
/** Bytes of `size` elements in memory; u8 is packed four to a word, f16 two. */
export const bytesOf = (size: number, dtype: DType): number => size * BYTES[dtype];
/** Whether a dtype holds real numbers. */
export const isFloat = (dtype: DType): boolean => dtype === 'f32' || dtype === 'f16';
export const sizeOf = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);
/** A shape for people: `[64, 784]`. */
export const dims = (t: { shape: Shape } | Shape): string =>
  `[${('shape' in t ? t.shape : t).join(', ')}]`;

/** One recorded op: what it is, what it reads, what it makes. */
export interface Node {
  readonly op: OpInfo;
  readonly inputs: readonly Tensor[];
  // biome-ignore lint/suspicious/noExplicitAny: each op knows the type of its own attrs
  readonly attrs: any;
  readonly outputs: Tensor[];
  /** Grows with every node made, so it orders nodes topologically. */
  readonly id: number;
  readonly recording: Recording | null;
  site?: Error;
  /** Scratch of the planner: the walk that last visited this node and its number there. */
  walk: number;
  local: number;
}

/** Where a finished tensor lies, and until when. */
export interface Result {
  readonly gpu: Gpu;
  readonly memory: Memory;
  readonly offset: number;
  readonly alive: () => boolean;
  /** The step that returned it. */
  readonly step: object;
}

/**
 * A value of an n-dimensional array: recorded, not yet computed, until its step has run. What a
 * step returns lives until that step runs again. Outside a step a tensor is a lazy expression.
 */
export class Tensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly size: number;
  /** The op that makes it, null once its step has run. */
  node: Node;
  readonly index: number;
  result: Result | null = null;

  constructor(shape: Shape, dtype: DType, node: Node, index: number) {
    this.shape = shape;
    this.dtype = dtype;
    this.size = sizeOf(shape);
    this.node = node;
    this.index = index;
  }

  /** All elements, in row-major order. Throws when the tensor has died. */
  async data(): Promise<TypedArray> {
    if (this.result) {
      const { memory, offset, gpu, alive } = this.result;
      if (!alive()) throw staleError(this);
      return gpu.read(memory, offset, this.size, this.dtype);
    }
    const { recording } = this.node;
    if (recording?.open) {
      throw new EightfoldError(
        'argument',
        `${this.node.op.name}: the value of ${dims(this)} was read inside step(), where nothing ` +
          'has run yet. Return the tensor from the step and read it outside.',
      );
    }
    if (recording) throw staleError(this);
    return currentGpu().evaluate(this);
  }

  /** The one element of a tensor of size 1. Throws for other sizes. */
  async item(): Promise<number> {
    demand(this.size === 1, () => `item: expected one element, got ${dims(this)}. Use data().`);
    return (await this.data())[0];
  }
}

/** The error for a tensor whose step has ended or has run again. */
export function staleError(t: Tensor): EightfoldError {
  const { node } = t;
  const site = node.site ? callSite(node.site) : 'an unknown line';
  const why = t.result
    ? 'belonged to an earlier run of its step, which has run again since'
    : 'was recorded in a step that has ended, and was not returned by it';
  return new EightfoldError(
    'stale',
    `stale tensor: '${node.op.name}' ${dims(t)} from ${site} ${why}. ` +
      'Return it and read it before the next run, or assign it to a variable.',
  );
}

let ids = 0;

/** State that crosses steps: weights, moments, chains. Lives on the GPU until disposed. */
export class Variable {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly size: number;
  readonly name: string;
  readonly id = ++ids;
  readonly gpu: Gpu;
  memory: Memory;
  offset: number;
  /** The flat variable that this one is a part of, when an optimiser keeps them together. */
  base: Variable | null;
  private disposed = false;

  constructor(gpu: Gpu, shape: Shape, dtype: DType, name: string, base?: Variable, offset = 0) {
    this.gpu = gpu;
    this.shape = shape;
    this.dtype = dtype;
    this.size = sizeOf(shape);
    this.name = name || `variable ${this.id}`;
    this.base = base ?? null;
    this.offset = offset;
    this.memory = base?.memory ?? gpu.allocate(bytesOf(this.size, dtype), this.label);
  }

  get label(): string {
    return `${this.name} ${dims(this)}`;
  }

  /** Throws unless the variable can be used on the engine that is open now. */
  check(): void {
    if (this.disposed) {
      throw new EightfoldError(
        'disposed',
        `variable '${this.name}' ${dims(this)}: used after dispose(). Create a new variable.`,
      );
    }
    this.gpu.check();
  }

  /** Sets the value, inside a step when the step runs, outside at once. Shapes must be equal. */
  assign(value: Arg): void {
    this.check();
    const recording = currentRecording();
    if (recording) recording.assign(this, value);
    else this.gpu.assignNow(this, value);
  }

  /** Copies numbers from the host. Throws when the count differs. Not inside a step. */
  write(data: TypedArray | readonly number[]): void {
    this.check();
    demand(
      data.length === this.size,
      () =>
        `write: '${this.name}' ${dims(this)} expected ${this.size} numbers, got ${data.length}.` +
        ' Pass as many numbers as the variable has elements.',
    );
    demand(
      !currentRecording(),
      () => `write: '${this.name}' ${dims(this)} inside step(). Use assign() there.`,
    );
    this.gpu.write(this.memory, this.offset, typed(data, this.dtype));
  }

  /** All elements as they are now, in row-major order. */
  async data(): Promise<TypedArray> {
    this.check();
    return this.gpu.read(this.memory, this.offset, this.size, this.dtype);
  }

  /** Frees the GPU memory; later use throws. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.gpu.forget(this);
    if (!this.base) this.gpu.free(this.memory);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Numbers as a dtype has them in memory; keeps an array that already is so. */
export function typed(data: TypedArray | readonly number[], dtype: DType): TypedArray {
  if (dtype === 'f16') return data instanceof Uint16Array ? data : toHalf(data);
  const Type = { f32: Float32Array, i32: Int32Array, u32: Uint32Array, u8: Uint8Array }[dtype];
  return data instanceof Type ? data : Type.from(data as number[]);
}

/** The dtype a typed array stores; plain numbers are f32. Throws for other kinds of array. */
export function dtypeOf(data: TypedArray | readonly number[]): DType {
  if (data instanceof Float32Array || Array.isArray(data)) return 'f32';
  if (data instanceof Int32Array) return 'i32';
  if (data instanceof Uint32Array) return 'u32';
  if (data instanceof Uint8Array) return 'u8';
  throw new EightfoldError(
    'argument',
    `tensor: ${Object.prototype.toString.call(data).slice(8, -1)} has no dtype here. ` +
      'Use Float32Array, Int32Array, Uint32Array, Uint8Array or an array of numbers.',
  );
}
