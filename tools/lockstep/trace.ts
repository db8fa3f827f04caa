import type { Memory, Moment } from './memory.ts';
import type { Notes } from './notes.ts';
import { bankDegrees, LANES, SECTOR, touchedBy } from './transactions.ts';
import { columnOf, offsetOf, strideOf, type Type } from './types.ts';

export type Kind = 'read' | 'write';

/** One access in the text of a kernel, with what all its executions came to. */
export interface Site {
  readonly name: string;
  readonly space: 'storage' | 'workgroup';
  readonly kind: Kind;
  readonly line: number;
  /** Instructions executed by subgroups: a load of more than 16 bytes is several. */
  instructions: number;
  /** Global memory: distinct bytes asked for by each instruction, and what has to move for them. */
  bytes: number;
  sectors: number;
  /** The fewest sectors and lines those bytes fit in. */
  leastSectors: number;
  lines: number;
  leastLines: number;
  /** Workgroup memory: phases of instructions, the sum of their degrees and the worst of them. */
  phases: number;
  degrees: number;
  worst: number;
}

/** What a workgroup touches of one buffer in its life. */
interface Reach {
  readonly words: Uint8Array;
  readonly sectors: Uint8Array;
  used: number;
  fetched: number;
}

/** A part of an access that is one instruction: 1, 2 or 4 words. */
interface Part {
  readonly offset: number;
  readonly size: number;
}

/** A variable that is watched. */
type Watched = Pick<Site, 'name' | 'space'> & { readonly words: number };

/** A loop that goes around so often may never end: on zeros a linked list doesn't. */
const ROUNDS = 1 << 17;

/** Where an invocation is: the calls and loops around it, with their iterations. Lanes share them. */
export class Path {
  readonly id: number;
  private readonly tracer: Tracer;
  private readonly inner = new Map<number, Path>();

  constructor(tracer: Tracer) {
    this.tracer = tracer;
    this.id = tracer.paths++;
  }

  /** Iteration `n` of a loop, or a call. */
  next(id: number, n: number): Path {
    if (n >= ROUNDS) throw new Error(`a loop goes around ${ROUNDS} times: too long to trace.`);
    const key = id * 2 ** 32 + n;
    const known = this.inner.get(key);
    if (known) return known;
    const path = new Path(this.tracer);
    this.inner.set(key, path);
    return path;
  }

  /** An invocation runs a stretch of statements here. */
  ran(stretch: number): void {
    this.tracer.ran(this, stretch);
  }
}

const KEYS = 4096; // parts and stretches of one kernel, at most

/**
 * Watches one workgroup: puts what the lanes of a subgroup do at the same place on the same path
 * together to one instruction. Lanes run one after another, but all of a subgroup before the next.
 */
export class Tracer {
  paths = 0;
  readonly root: Path = new Path(this);
  readonly sites = new Map<string, Site>();
  readonly reaches = new Map<string, Reach>();
  flops = 0;
  /** Statements that lanes ran, and that subgroups ran with all their lanes, active or not. */
  lanesRun = 0;
  lanesHeld = 0;
  private subgroup = 0;
  private readonly parts: { site: Site; part: Part; words: number }[] = [];
  private readonly numbers: number[] = [];
  private readonly touches = new Map<number, Int32Array>();
  private readonly runs = new Map<number, number>();
  private readonly notes: Notes;
  private readonly moment: Moment;

  constructor(notes: Notes, moment: Moment) {
    this.notes = notes;
    this.moment = moment;
  }

  /** A variable as the traced program sees it. */
  watch(memory: Memory, name: string, space: Site['space']) {
    const watched = { name, space, words: memory.bytes.byteLength / 4 };
    return {
      count: (size: number) => memory.count(size),
      load: (offset: number, type: Type, line: number, site: number, path: Path) => {
        this.touch(watched, 'read', offset, type, line, site, path);
        return memory.load(offset, type, line);
      },
      store: (
        offset: number,
        type: Type,
        value: unknown,
        line: number,
        site: number,
        path: Path,
      ) => {
        this.touch(watched, 'write', offset, type, line, site, path);
        memory.store(offset, type, value, line);
      },
      atomic: memory.atomic.bind(memory),
    };
  }

  ran(path: Path, stretch: number): void {
    this.turn();
    const { statements, flops } = this.notes.stretches[stretch];
    this.flops += flops;
    this.lanesRun += statements;
    const key = path.id * KEYS + stretch;
    this.runs.set(key, statements);
  }

  /** Adds up what the subgroup has done since it went on. Call at the end. */
  flush(): void {
    for (const statements of this.runs.values()) this.lanesHeld += LANES * statements;
    for (const [key, starts] of this.touches) this.execute(this.parts[key % KEYS], starts);
    this.runs.clear();
    this.touches.clear();
  }

  private turn(): void {
    const subgroup = Math.floor(this.moment.invocation / LANES);
    if (subgroup === this.subgroup) return;
    this.flush();
    this.subgroup = subgroup;
  }

  private touch(
    watched: Watched,
    kind: Kind,
    offset: number,
    type: Type,
    line: number,
    site: number,
    path: Path,
  ): void {
    this.turn();
    const parts = partsOf(type);
    this.numbers[site] ??= this.declare(watched, kind, line, parts);
    const first = path.id * KEYS + this.numbers[site];
    const lane = this.moment.invocation % LANES;
    for (let i = 0; i < parts.length; i++) {
      const start = offset + parts[i].offset;
      if (!(start >= 0 && start + parts[i].size <= watched.words)) continue;
      let starts = this.touches.get(first + i);
      if (!starts) this.touches.set(first + i, (starts = new Int32Array(LANES).fill(-1)));
      starts[lane] = start;
    }
  }

  /** Numbers the parts of an access seen for the first time; those of one line are one site. */
  private declare(
    { name, space, words }: Watched,
    kind: Kind,
    line: number,
    parts: readonly Part[],
  ): number {
    const key = `${line} ${name} ${kind}`;
    const site = this.sites.get(key) ?? {
      ...{ name, space, kind, line, instructions: 0, bytes: 0 },
      ...{ sectors: 0, leastSectors: 0, lines: 0, leastLines: 0 },
      ...{ phases: 0, degrees: 0, worst: 0 },
    };
    this.sites.set(key, site);
    const first = this.parts.length;
    for (const part of parts) this.parts.push({ site, part, words });
    if (this.parts.length > KEYS) throw new Error('too many accesses to trace.');
    return first;
  }

  private execute({ site, part, words }: (typeof this.parts)[number], starts: Int32Array): void {
    site.instructions++;
    if (site.space === 'workgroup') {
      for (const degree of bankDegrees(starts, part.size)) {
        site.phases++;
        site.degrees += degree;
        site.worst = Math.max(site.worst, degree);
      }
      return;
    }
    const touched = touchedBy(starts, part.size);
    site.bytes += touched.words * 4;
    site.sectors += touched.sectors;
    site.leastSectors += Math.ceil(touched.words / SECTOR);
    site.lines += touched.lines;
    site.leastLines += Math.ceil(touched.words / 32);
    this.reach(`${site.kind} ${site.name}`, words, starts, part.size);
  }

  private reach(key: string, words: number, starts: Int32Array, size: number): void {
    let reach = this.reaches.get(key);
    if (!reach) {
      const sectors = new Uint8Array(Math.ceil(words / SECTOR));
      reach = { words: new Uint8Array(words), sectors, used: 0, fetched: 0 };
      this.reaches.set(key, reach);
    }
    for (const start of starts) {
      for (let word = start; start >= 0 && word < start + size; word++) {
        if (reach.words[word]++ === 0) reach.used++;
        else reach.words[word] = 1;
        const sector = Math.floor(word / SECTOR);
        if (reach.sectors[sector] === 0) {
          reach.sectors[sector] = 1;
          reach.fetched++;
        }
      }
    }
  }
}

const known = new WeakMap<Type, Part[]>();

/** An access as instructions of at most 16 bytes. */
function partsOf(type: Type): Part[] {
  let parts = known.get(type);
  if (!parts) known.set(type, (parts = split(type)));
  return parts;
}

function split(type: Type): Part[] {
  const moved = (by: number, inner: Type) =>
    partsOf(inner).map(({ offset, size }) => ({ offset: offset + by, size }));
  if (type.k === 'vec') {
    if (type.n !== 3) return [{ offset: 0, size: type.n }];
    return [
      { offset: 0, size: 2 },
      { offset: 2, size: 1 },
    ];
  }
  if (type.k === 'struct') {
    return type.fields.flatMap((field) => moved(offsetOf(type, field.name), field.type));
  }
  if (type.k !== 'array' && type.k !== 'mat') return [{ offset: 0, size: 1 }];
  const element = type.k === 'mat' ? columnOf(type) : type.of;
  const stride = strideOf(type);
  return Array.from({ length: type.n }, (_, i) => moved(i * stride, element)).flat();
}
