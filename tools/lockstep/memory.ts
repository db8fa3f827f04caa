import { alignOf, columnOf, offsetOf, type Scalar, sizeOf, strideOf, type Type } from './types.ts';

/** Who runs now and since which barrier; what has been found wrong. */
export interface Moment {
  invocation: number;
  workgroup: number;
  /** Grows at every barrier and with every workgroup. */
  phase: number;
  problems: Set<string>;
  /** Whether races are looked for, which needs many times the memory. */
  races: boolean;
}

/** Who touched a word last, within a phase (invocations) or a dispatch (workgroups). */
class Touch {
  readonly phase: Int32Array;
  readonly who: Int32Array;
  readonly line: Int32Array;

  constructor(words: number) {
    this.phase = new Int32Array(words); // phase + 1, so that untouched memory costs nothing
    this.who = new Int32Array(words);
    this.line = new Int32Array(words);
  }

  /** True where somebody else than `who` touched the word in this phase. */
  other(word: number, phase: number, who: number): boolean {
    return this.phase[word] === phase + 1 && this.who[word] !== who;
  }

  note(word: number, phase: number, who: number, line: number): void {
    const shared = this.other(word, phase, who);
    this.phase[word] = phase + 1;
    this.who[word] = shared ? -1 : who; // -1: several, so everybody finds another
    this.line[word] = line;
  }
}

/** The words of a storage buffer or of a workgroup variable; remembers who touched them. */
export class Memory {
  readonly bytes: ArrayBuffer;
  private readonly views: { f32: Float32Array; i32: Int32Array; u32: Uint32Array };
  private readonly name: string;
  private readonly shared: boolean;
  private readonly moment: Moment;
  private readonly writes: Touch;
  private readonly reads: Touch;
  private readonly groupWrites: Touch;
  private readonly groupReads: Touch;

  constructor(name: string, bytes: ArrayBuffer, shared: boolean, moment: Moment) {
    this.name = name;
    this.bytes = bytes;
    this.shared = shared;
    this.moment = moment;
    this.views = {
      f32: new Float32Array(bytes),
      i32: new Int32Array(bytes),
      u32: new Uint32Array(bytes),
    };
    const words = moment.races ? bytes.byteLength / 4 : 0;
    this.writes = new Touch(words);
    this.reads = new Touch(words);
    this.groupWrites = new Touch(shared ? words : 0);
    this.groupReads = new Touch(shared ? words : 0);
  }

  /** Reads a value of `type` at a word. Outside of the buffer there is NaN. */
  // biome-ignore lint/suspicious/noExplicitAny: any WGSL value
  load(offset: number, type: Type, line: number): any {
    if (type.k === 'scalar') return this.word(offset, type.s, line);
    if (type.k === 'vec') {
      const value = []; // many times faster than Array.from
      for (let i = 0; i < type.n; i++) value.push(this.word(offset + i, type.s, line));
      return value;
    }
    if (type.k === 'array' || type.k === 'mat') {
      const stride = strideOf(type);
      const of = type.k === 'mat' ? columnOf(type) : type.of;
      return Array.from({ length: type.n }, (_, i) => this.load(offset + i * stride, of, line));
    }
    if (type.k !== 'struct') throw new Error(`internal: ${type.k} in memory.`);
    const fields = type.fields.map(({ name, type: of }) => {
      return [name, this.load(offset + offsetOf(type, name), of, line)];
    });
    return Object.fromEntries(fields);
  }

  /** Writes a value of `type` at a word. */
  // biome-ignore lint/suspicious/noExplicitAny: any WGSL value
  store(offset: number, type: Type, value: any, line: number): void {
    if (type.k === 'scalar') this.setWord(offset, type.s, value, line);
    else if (type.k === 'vec') {
      for (let i = 0; i < type.n; i++) this.setWord(offset + i, type.s, value[i], line);
    } else if (type.k === 'array' || type.k === 'mat') {
      const stride = strideOf(type);
      const of = type.k === 'mat' ? columnOf(type) : type.of;
      for (let i = 0; i < type.n; i++) this.store(offset + i * stride, of, value[i], line);
    } else if (type.k === 'struct') {
      for (const { name, type: of } of type.fields) {
        this.store(offset + offsetOf(type, name), of, value[name], line);
      }
    }
  }

  /** An atomic builtin on one word; no race with another. */
  atomic(name: string, offset: number, kind: 'i32' | 'u32', args: number[], line: number): number {
    if (!(offset >= 0 && offset < this.views.u32.length)) this.outside('atomic', offset, line);
    const view = this.views[kind];
    const old = view[offset];
    const [x] = args;
    const next: Record<string, () => number> = {
      atomicStore: () => x,
      atomicExchange: () => x,
      atomicAdd: () => old + x,
      atomicSub: () => old - x,
      atomicMax: () => Math.max(old, x),
      atomicMin: () => Math.min(old, x),
      atomicAnd: () => old & x,
      atomicOr: () => old | x,
      atomicXor: () => old ^ x,
    };
    if (name !== 'atomicLoad') view[offset] = next[name]();
    return old;
  }

  /** Elements of `words` words in the whole buffer. */
  count(words: number): number {
    return Math.floor(this.views.u32.length / words);
  }

  private word(at: number, kind: Scalar, line: number): number | boolean {
    if (!(at >= 0 && at < this.views.u32.length)) {
      if (!this.shared) this.outside('read', at, line);
      return kind === 'f32' ? Number.NaN : 0x7fc0dead;
    }
    const { invocation, workgroup, phase } = this.moment;
    if (this.writes.other(at, phase, invocation))
      this.race(at, this.writes, 'written', 'read', line);
    this.reads.note(at, phase, invocation, line);
    if (this.shared) {
      if (this.groupWrites.other(at, 0, workgroup)) this.between(at, 'read', line);
      this.groupReads.note(at, 0, workgroup, line);
    }
    if (kind === 'bool') return this.views.u32[at] !== 0;
    return this.views[kind as 'f32'][at];
  }

  private setWord(at: number, kind: Scalar, value: number, line: number): void {
    if (!(at >= 0 && at < this.views.u32.length)) {
      this.outside('written', at, line);
      return;
    }
    const { invocation, workgroup, phase } = this.moment;
    if (this.writes.other(at, phase, invocation)) {
      this.race(at, this.writes, 'written', 'written', line);
    }
    if (this.reads.other(at, phase, invocation)) this.race(at, this.reads, 'read', 'written', line);
    this.writes.note(at, phase, invocation, line);
    if (this.shared) {
      const others = [this.groupWrites, this.groupReads];
      if (others.some((t) => t.other(at, 0, workgroup))) this.between(at, 'written', line);
      this.groupWrites.note(at, 0, workgroup, line);
    }
    this.views[kind === 'bool' ? 'u32' : (kind as 'f32')][at] = Number(value);
  }

  private race(at: number, before: Touch, was: string, is: string, line: number): void {
    const { invocation } = this.moment;
    const other = before.who[at] < 0 ? 'others' : `invocation ${before.who[at]}`;
    this.report(
      `${was}-${is}-${before.line[at]}-${line}`,
      `race on ${this.name}[${at}]: ${was} by ${other} (line ${before.line[at]}) and ${is} by ` +
        `invocation ${invocation} (line ${line}) with no barrier between.`,
    );
  }

  private between(at: number, verb: string, line: number): void {
    this.report(
      `groups-${verb}-${line}`,
      `race on ${this.name}[${at}]: ${verb} by workgroup ${this.moment.workgroup} (line ${line}) and ` +
        'touched by another one, of which one writes.',
    );
  }

  private outside(verb: string, at: number, line: number): void {
    const size = this.views.u32.length;
    this.report(
      `outside-${verb}-${line}`,
      `${this.name}[${at}] is ${verb} (line ${line}) but has ${size} words.`,
    );
  }

  private readonly seen = new Set<string>();

  /** One report of each sort. */
  private report(sort: string, text: string): void {
    if (this.seen.has(sort)) return;
    this.seen.add(sort);
    this.moment.problems.add(text);
  }
}

/** Bytes of a workgroup variable, zero as WGSL has it. */
export const workgroupBytes = (type: Type): ArrayBuffer =>
  new ArrayBuffer(4 * Math.max(sizeOf(type), alignOf(type)));
