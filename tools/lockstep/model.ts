import { compile, type Program } from './compile.ts';
import { Memory, workgroupBytes } from './memory.ts';
import { linker, type Link, runWorkgroup } from './run.ts';
import { type Kind, type Site, Tracer } from './trace.ts';
import { LANES, SECTOR } from './transactions.ts';
import { sizeOf } from './types.ts';

/** A dispatch as WebGPU knows it. */
export interface ModelDispatch {
  /** The file of the kernel, for people. */
  readonly file: string;
  readonly code: string;
  readonly overrides: Readonly<Record<string, number>>;
  readonly groups: readonly number[];
  /** Storage and uniform buffers by the number of their binding; only their sizes matter to most kernels. */
  readonly bindings: ReadonlyMap<number, ArrayBuffer>;
}

/** Global memory, one way. */
export interface Traffic {
  /** Distinct bytes that the instructions of the subgroups ask for, per invocation. */
  readonly bytes: number;
  /** Fewest sectors those bytes fit in over sectors touched, summed over instructions: 1 is perfect. */
  readonly coalesced: number;
  /** The same for lines of 128 bytes. */
  readonly lines: number;
  /** Bytes that leave a perfect first-level cache, which fetches a sector once in a workgroup's life, per invocation. */
  readonly fetched: number;
  /** How much of those sectors the workgroup uses: 1 is all. */
  readonly cached: number;
}

/** What a kernel would ask of a GPU with subgroups of 32. All shares are of 1. */
export interface ModelRow {
  readonly file: string;
  readonly groups: readonly number[];
  readonly workgroup: readonly number[];
  readonly reads: Traffic;
  readonly writes: Traffic;
  /** Degree of bank conflicts in workgroup memory: 1 is none, 0 that there are no accesses. */
  readonly banks: { readonly worst: number; readonly mean: number };
  /** Floating-point operations per invocation. */
  readonly flops: number;
  /** Flops per byte that leaves the first-level cache. */
  readonly intensity: number;
  /** Per workgroup. */
  readonly barriers: number;
  /** Lanes that run a statement, of those held while it runs. */
  readonly active: number;
  readonly workgroupBytes: number;
  /** 32-bit words alive at once in an invocation, estimated from the text. */
  readonly registers: number;
  readonly sites: readonly Site[];
}

/**
 * Traces a workgroup in the middle and the last one in the interpreter, and weighs them as the
 * dispatch is made of them.
 * @throws Error with the line of what can't be translated or what is wrong with the kernel
 */
export function model(dispatch: ModelDispatch): ModelRow {
  const program = compile(dispatch.code, dispatch.overrides, true);
  const link = linker(program);
  const [x, y = 1, z = 1] = dispatch.groups;
  const last = x * y * z - 1;
  const middle = Math.floor(last / 2);
  const traces = [{ at: last, weight: 1 }];
  if (last > 0) traces.unshift({ at: middle, weight: last });
  const done = traces.map(({ at, weight }) => {
    const id = [at % x, Math.floor(at / x) % y, Math.floor(at / (x * y))];
    return { ...trace(program, link, dispatch, id), weight: weight / (last + 1) };
  });
  const { workgroup, variables, notes } = program;
  const shared = variables.filter(({ space }) => space === 'workgroup');
  const sum = (of: (t: Traced) => number) => done.reduce((n, t) => n + of(t) * t.weight, 0);
  const invocations = workgroup[0] * workgroup[1] * workgroup[2];
  const reads = trafficOf('read', done, invocations);
  const writes = trafficOf('write', done, invocations);
  const sites = sitesOf(done);
  const phases = sites.reduce((n, s) => n + s.phases, 0);
  const flops = sum((t) => t.tracer.flops) / invocations;
  return {
    file: dispatch.file,
    groups: [x, y, z],
    workgroup,
    reads,
    writes,
    banks: {
      worst: Math.max(0, ...sites.map((s) => s.worst)),
      mean: phases && sites.reduce((n, s) => n + s.degrees, 0) / phases,
    },
    flops,
    intensity: flops / (reads.fetched + writes.fetched || 1),
    barriers: sum((t) => t.barriers),
    active: sum((t) => t.tracer.lanesRun) / (sum((t) => t.tracer.lanesHeld) || 1),
    workgroupBytes: shared.reduce((n, { type }) => n + 4 * sizeOf(type), 0),
    registers: (notes?.lives.peak('main') ?? 0) + program.privateWords,
    sites,
  };
}

interface Traced {
  readonly tracer: Tracer;
  readonly barriers: number;
  readonly weight: number;
}

function trace(
  program: Program,
  link: Link,
  { groups, bindings, file }: ModelDispatch,
  id: readonly number[],
): Omit<Traced, 'weight'> {
  const moment = {
    invocation: 0,
    workgroup: 0,
    phase: 0,
    problems: new Set<string>(),
    races: false,
  };
  if (!program.notes) throw new Error('internal: a program without notes.');
  const tracer = new Tracer(program.notes, moment);
  const memory: Record<string, unknown> = {};
  for (const { name, space, type, binding } of program.variables) {
    const bytes = space === 'workgroup' ? workgroupBytes(type) : bindings.get(binding);
    if (!bytes) throw new Error(`${file}: binding ${binding}, '${name}', has no buffer.`);
    const here = new Memory(name, bytes, space === 'storage', moment);
    memory[name] = space === 'uniform' ? here.load(0, type, 0) : tracer.watch(here, name, space);
  }
  const which = { id, groups, subgroup: LANES };
  const barriers = runWorkgroup(program, link, memory, moment, which, tracer.root);
  tracer.flush();
  const [problem] = moment.problems;
  if (problem) throw new Error(`${file}: ${problem}`);
  return { tracer, barriers };
}

function trafficOf(kind: Kind, done: readonly Traced[], invocations: number): Traffic {
  const sum = (of: (t: Traced) => number) => done.reduce((n, t) => n + of(t) * t.weight, 0);
  const total = (what: 'bytes' | 'sectors' | 'leastSectors' | 'lines' | 'leastLines') =>
    sum(({ tracer }) =>
      [...tracer.sites.values()].reduce((n, s) => n + (s.kind === kind ? s[what] : 0), 0),
    );
  const reached = (what: 'used' | 'fetched') =>
    sum(({ tracer }) =>
      [...tracer.reaches].reduce((n, [key, r]) => {
        const amount = what === 'used' ? Math.ceil(r.used / SECTOR) : r.fetched;
        return n + (key.startsWith(kind) ? amount : 0);
      }, 0),
    );
  const share = (part: number, whole: number) => (whole ? part / whole : 1);
  return {
    bytes: total('bytes') / invocations,
    coalesced: share(total('leastSectors'), total('sectors')),
    lines: share(total('leastLines'), total('lines')),
    fetched: (reached('fetched') * SECTOR * 4) / invocations,
    cached: share(reached('used'), reached('fetched')),
  };
}

/** The sites of all traced workgroups, in the order of their lines; counts are of one workgroup on average. */
function sitesOf(done: readonly Traced[]): Site[] {
  const all = new Map<string, Site>();
  for (const { tracer, weight } of done) {
    for (const [key, site] of tracer.sites) {
      const known = all.get(key);
      const sum = (what: keyof Site) =>
        (known ? (known[what] as number) : 0) + (site[what] as number) * weight;
      all.set(key, {
        ...site,
        instructions: sum('instructions'),
        bytes: sum('bytes'),
        sectors: sum('sectors'),
        leastSectors: sum('leastSectors'),
        lines: sum('lines'),
        leastLines: sum('leastLines'),
        phases: sum('phases'),
        degrees: sum('degrees'),
        worst: Math.max(known?.worst ?? 0, site.worst),
      });
    }
  }
  return [...all.values()].sort((a, b) => a.line - b.line);
}
