import { argumentsOf, contiguous, type Group, type Operand, operandOf } from './fuse.ts';
import { type DType, sizeOf, type Tensor } from './tensor.ts';

/** How a memory operand is indexed: all of it in order, one element, along the last dimension, or by strides. */
type Pattern = 'all' | 'one' | 'row' | 'strided';

export interface Read {
  readonly operand: Operand;
  readonly pattern: Pattern;
  readonly strides: readonly number[];
}

/** A group made ready for WGSL: its loop, what it reads and what it writes. */
export interface Chain {
  readonly group: Group;
  readonly outputs: readonly Tensor[];
  /** Loop dimensions after merging those that all operands walk alike. */
  readonly loop: readonly number[];
  readonly reads: readonly Read[];
  /** Plain numbers, in order of use: uniform fields s0, s1, ... */
  readonly numbers: readonly Tensor[];
  /** Elements that a pointwise kernel of its own takes at a time. */
  readonly wide: 1 | 4 | 8;
}

/** Where the words of a generated uniform block come from. */
export interface Uniform {
  readonly fields: { name: string; type: DType; value: number | Tensor }[];
}

/**
 * Resolves a group's operands and merges its loop dimensions.
 * @param software whether a CPU driver will run it
 */
export function chainOf(group: Group, outputs: readonly Tensor[], software: boolean): Chain {
  const found: Operand[] = [];
  const numbers: Tensor[] = [];
  for (const node of group.nodes) {
    for (const t of argumentsOf(node)) {
      const operand = operandOf(t, group);
      if (operand.kind === 'number' && !numbers.includes(operand.tensor)) {
        numbers.push(operand.tensor);
      }
      if (operand.kind === 'memory' && !found.some((o) => sameOperand(o, operand))) {
        found.push(operand);
      }
    }
  }
  const { loop, strides } = merge(group.shape, found);
  const whole = contiguous(loop);
  const reads = found.map((operand, i) => {
    return { operand, strides: strides[i], pattern: patternOf(operand, strides[i], loop, whole) };
  });
  const chain = { group, outputs, loop, reads, numbers };
  return { ...chain, wide: widthOf(chain, software) };
}

/**
 * Four at a time, but on a GPU one where four of an operand are neither neighbours nor the same:
 * then the neighbours of a lane are those of the next, and one at a time they are read together.
 */
function widthOf(chain: Omit<Chain, 'wide'>, software: boolean): Chain['wide'] {
  const { loop, reads } = chain;
  if (software && longAndShort(chain)) return 8;
  const apart = (read: Read) =>
    read.pattern !== 'one' && read.pattern !== 'all' && foursOf(read, loop) === 'apart';
  return sizeOf(loop) % 4 !== 0 || (!software && reads.some(apart)) ? 1 : 4;
}

/** What four consecutive elements of a loop are to an operand that is read by strides or as a row. */
export function foursOf(
  { operand, pattern, strides }: Read,
  loop: readonly number[],
): 'neighbours' | 'same' | 'apart' {
  const last = strides.length - 1;
  if (loop[last] % 4 !== 0) return 'apart';
  if (pattern === 'row') return 'neighbours';
  if (strides[last] === 0) return 'same';
  const aligned = [operand.offset, ...strides.slice(0, -1)].every((s) => s % 4 === 0);
  return strides[last] === 1 && aligned ? 'neighbours' : 'apart';
}

/**
 * Whether a CPU driver gains by 32 bytes of an operand at a time: it bounds an index once for all of
 * them. The text is twice as long, so it pays for many elements and few ops and operands.
 */
function longAndShort({ group, outputs, loop, reads }: Omit<Chain, 'wide'>): boolean {
  const size = sizeOf(loop);
  const plain = [...reads.map((read) => read.operand.tensor), ...outputs].every(
    ({ dtype }) => dtype !== 'u8' && dtype !== 'f16',
  );
  const inOrder = reads.every(({ pattern }) => pattern === 'one' || pattern === 'all');
  const small = group.nodes.length <= 4 && reads.length + outputs.length <= 4;
  return plain && inOrder && small && size >= 1 << 19 && size % 8 === 0;
}

/** Whether two reads are one. */
export const sameOperand = (a: Operand, b: Operand): boolean =>
  a.tensor === b.tensor && a.offset === b.offset && `${a.strides}` === `${b.strides}`;

function merge(shape: readonly number[], operands: readonly Operand[]) {
  const loop: number[] = [];
  const strides: number[][] = operands.map(() => []);
  shape.forEach((d, i) => {
    if (d === 1) return;
    const last = loop.length - 1;
    const joins = last >= 0 && operands.every((o, j) => strides[j][last] === o.strides[i] * d);
    if (joins) loop[last] *= d;
    else loop.push(d);
    operands.forEach((o, j) => {
      if (joins) strides[j][last] = o.strides[i];
      else strides[j].push(o.strides[i]);
    });
  });
  return { loop, strides };
}

function patternOf(
  operand: Operand,
  strides: readonly number[],
  loop: readonly number[],
  whole: readonly number[],
): Pattern {
  if (operand.offset === 0) {
    if (strides.every((s, i) => s === whole[i])) {
      return loop.length || operand.tensor.size === 1 ? 'all' : 'one';
    }
    const last = strides.length - 1;
    if (strides[last] === 1 && strides.every((s, i) => i === last || s === 0)) return 'row';
  }
  return operand.offset === 0 && strides.every((s) => s === 0) ? 'one' : 'strided';
}

/** Packed bytes are read as u32 and unpacked. */
export const isByte = (read: Read): boolean => read.operand.tensor.dtype === 'u8';
/** The WGSL type of an element's value; half floats are computed with as f32. */
export const wgslType = (dtype: DType): string =>
  dtype === 'u8' ? 'u32' : dtype === 'f16' ? 'f32' : dtype;
/** The WGSL type of an element in memory. */
export const storedType = (dtype: DType): string => (dtype === 'f16' ? 'f16' : wgslType(dtype));

/** Fields of the generated uniform: sizes, strides and offsets, then the plain numbers. */
export function uniformOf(chain: Chain, size: number): Uniform {
  const fields: Uniform['fields'] = [{ name: 'n', type: 'u32', value: size }];
  chain.loop.forEach((d, i) => {
    if (i > 0) fields.push({ name: `d${i}`, type: 'u32', value: d });
  });
  chain.reads.forEach((read, j) => {
    if (read.pattern !== 'strided') return;
    fields.push({ name: `o${j}`, type: 'u32', value: read.operand.offset });
    read.strides.forEach((s, i) => {
      if (s !== 0) fields.push({ name: `x${j}_${i}`, type: 'i32', value: s });
    });
  });
  chain.numbers.forEach((t, j) => {
    fields.push({ name: `s${j}`, type: t.dtype, value: t });
  });
  return { fields };
}
