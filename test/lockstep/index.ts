import type { Kernel } from '../../engine/kernel.ts';
import { compile, type Program } from './compile.ts';
import { Memory, type Moment, workgroupBytes } from './memory.ts';
import { arithmetic, bitcast, comparisons, componentwise, convert, settle } from './numbers.ts';
import { runtime } from './runtime.ts';
import { subgroupResults, type Wait } from './subgroups.ts';

export interface Dispatch {
  params: Record<string, number>;
  /** Storage buffers by binding name; outputs are written in place. Whole multiples of 4 bytes. */
  buffers: Record<string, Float32Array | Int32Array | Uint32Array>;
  groups: readonly number[];
  overrides: Record<string, number>;
  /** Lanes of a subgroup. */
  subgroup: number;
}

/**
 * Runs a kernel without a GPU: all invocations of a workgroup in lockstep from barrier to barrier,
 * the workgroups one after another.
 * @returns what is wrong with it, a sentence each: races inside a workgroup and between workgroups,
 *   barriers that some invocations miss, accesses outside of memory
 */
export function lockstep(kernel: Kernel, dispatch: Dispatch): string[] {
  const program = compile(kernel.code, dispatch.overrides);
  const link = linker(program);
  const moment: Moment = { invocation: 0, workgroup: 0, phase: 0, problems: new Set() };
  const buffers: Record<string, unknown> = {};
  for (const { name, space } of program.variables) {
    const words = dispatch.buffers[name];
    if (space === 'uniform') buffers[name] = uniform(kernel, dispatch.params);
    if (space !== 'storage') continue;
    if (!words) throw new Error(`${kernel.file}: no buffer '${name}'.`);
    buffers[name] = new Memory(name, words.buffer as ArrayBuffer, true, moment);
  }
  const [gx, gy = 1, gz = 1] = dispatch.groups;
  for (let z = 0; z < gz; z++) {
    for (let y = 0; y < gy; y++) {
      for (let x = 0; x < gx; x++) {
        const memory: Record<string, unknown> = { ...buffers };
        for (const { name, space, type } of program.variables) {
          if (space !== 'workgroup') continue;
          memory[name] = new Memory(name, workgroupBytes(type), false, moment);
        }
        runWorkgroup(program, link, memory, moment, [x, y, z], dispatch);
        moment.workgroup++;
      }
    }
  }
  return [...moment.problems];
}

/** The fields of Params as the shader sees them. */
function uniform(kernel: Kernel, params: Record<string, number>): Record<string, number> {
  const extra = Object.keys(params).find((name) => !kernel.params.some((p) => p.name === name));
  if (extra) throw new Error(`${kernel.file} has no param '${extra}'.`);
  const entries = kernel.params.map(({ name, type }) => {
    if (!(name in params)) throw new Error(`${kernel.file}: no value for param '${name}'.`);
    return [name, settle[type](params[name])];
  });
  return Object.fromEntries(entries);
}

type Lane = Generator<Wait, void, unknown>;

/** One workgroup, from its first invocation to the return of its last. */
function runWorkgroup(
  program: Program,
  link: Link,
  memory: Record<string, unknown>,
  moment: Moment,
  id: number[],
  { groups, subgroup }: Dispatch,
): void {
  const [sx, sy, sz] = program.workgroup;
  const count = sx * sy * sz;
  const instantiate = link(memory);
  const lanes: Lane[] = Array.from({ length: count }, (_, i) => {
    const local = [i % sx, Math.floor(i / sx) % sy, Math.floor(i / (sx * sy))];
    return instantiate()({
      workgroup_id: [...id],
      num_workgroups: [0, 1, 2].map((axis) => groups[axis] ?? 1),
      local_invocation_id: local,
      local_invocation_index: i,
      global_invocation_id: local.map((l, axis) => l + id[axis] * program.workgroup[axis]),
      subgroup_invocation_id: i % subgroup,
      subgroup_size: subgroup,
      subgroup_id: Math.floor(i / subgroup),
      num_subgroups: Math.ceil(count / subgroup),
    });
  });
  const waits: (Wait | null)[] = lanes.map(() => null);
  const resume = (lane: number, value?: unknown) => {
    moment.invocation = lane;
    const next = lanes[lane].next(value);
    waits[lane] = next.done ? null : next.value;
  };
  moment.phase++;
  for (let lane = 0; lane < count; lane++) resume(lane);
  while (waits.some(Boolean)) {
    if (
      !meetInSubgroups(waits, subgroup, resume, moment) &&
      !meetAtBarrier(waits, resume, moment)
    ) {
      return;
    }
  }
}

/** Lets every subgroup whose lanes all wait at one subgroup builtin go on. False when none does. */
function meetInSubgroups(
  waits: (Wait | null)[],
  size: number,
  resume: (lane: number, value: unknown) => void,
  { problems }: Moment,
): boolean {
  let went = false;
  for (let start = 0; start < waits.length; start += size) {
    const group = waits.slice(start, start + size);
    const present = group.filter((wait) => wait !== null);
    if (!present.some(({ wait }) => /^(subgroup|quad)/.test(wait))) continue;
    const [{ wait, line }] = present;
    if (present.some((other) => other.line !== line || other.wait !== wait)) {
      problems.add(`${wait} (line ${line}) is reached by only some lanes of a subgroup.`);
      waits.fill(null);
      return false;
    }
    const results = subgroupResults(group);
    group.forEach((waiting, i) => {
      if (waiting) resume(start + i, results[i]);
    });
    went = true;
  }
  return went;
}

/** Lets all invocations pass the barrier that all of them have reached. False when some haven't. */
function meetAtBarrier(
  waits: (Wait | null)[],
  resume: (lane: number) => void,
  moment: Moment,
): boolean {
  const first = waits.find((wait) => wait !== null);
  if (!first) return false;
  const missing = waits.filter((wait) => wait?.line !== first.line).length;
  if (missing > 0) {
    const { problems } = moment;
    problems.add(`${first.wait} (line ${first.line}) is missed by ${missing} of ${waits.length}.`);
    return false;
  }
  moment.phase++;
  for (let lane = 0; lane < waits.length; lane++) resume(lane);
  return true;
}

/** Ties the program to memory; what comes back makes the functions of one invocation. */
type Link = (memory: Record<string, unknown>) => () => (builtins: object) => Lane;

function linker(program: Program): Link {
  const names = { T: program.table, R: runtime(), A: arithmetic, C: comparisons, S: settle };
  const all = { ...names, N: componentwise, K: convert, bits: bitcast, F: Math.fround };
  const make = new Function('M', ...Object.keys(all), program.source);
  return (memory) => make(memory, ...Object.values(all));
}
