import type { Program } from './compile.ts';
import type { Moment } from './memory.ts';
import { arithmetic, bitcast, comparisons, componentwise, convert, settle } from './numbers.ts';
import { runtime } from './runtime.ts';
import { subgroupResults, type Wait } from './subgroups.ts';

type Lane = Generator<Wait, void, unknown>;

/** Which workgroup runs, of how many, and how many lanes a subgroup has. */
export interface Workgroup {
  readonly id: readonly number[];
  readonly groups: readonly number[];
  readonly subgroup: number;
}

/**
 * One workgroup, from its first invocation to the return of its last.
 * @param memory its variables by name
 * @param path where a trace begins; nothing without one
 * @returns how many barriers all of it passed
 */
export function runWorkgroup(
  program: Program,
  link: Link,
  memory: Readonly<Record<string, unknown>>,
  moment: Moment,
  { id, groups, subgroup }: Workgroup,
  path?: unknown,
): number {
  const [sx, sy, sz] = program.workgroup;
  const count = sx * sy * sz;
  const instantiate = link(memory);
  const lanes: Lane[] = Array.from({ length: count }, (_, i) => {
    const local = [i % sx, Math.floor(i / sx) % sy, Math.floor(i / (sx * sy))];
    const builtins = {
      workgroup_id: [...id],
      num_workgroups: [0, 1, 2].map((axis) => groups[axis] ?? 1),
      local_invocation_id: local,
      local_invocation_index: i,
      global_invocation_id: local.map((l, axis) => l + id[axis] * program.workgroup[axis]),
      subgroup_invocation_id: i % subgroup,
      subgroup_size: subgroup,
      subgroup_id: Math.floor(i / subgroup),
      num_subgroups: Math.ceil(count / subgroup),
    };
    return instantiate()(builtins, path);
  });
  const waits: (Wait | null)[] = lanes.map(() => null);
  const resume = (lane: number, value?: unknown) => {
    moment.invocation = lane;
    const next = lanes[lane].next(value);
    waits[lane] = next.done ? null : next.value;
  };
  moment.phase++;
  for (let lane = 0; lane < count; lane++) resume(lane);
  let barriers = 0;
  while (waits.some(Boolean)) {
    if (meetInSubgroups(waits, subgroup, resume, moment)) continue;
    if (!meetAtBarrier(waits, resume, moment)) break;
    barriers++;
  }
  return barriers;
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
export type Link = (
  memory: Readonly<Record<string, unknown>>,
) => () => (builtins: object, path: unknown) => Lane;

/** Evaluates the translated program. */
export function linker(program: Program): Link {
  const names = { T: program.table, R: runtime(), A: arithmetic, C: comparisons, S: settle };
  const all = { ...names, N: componentwise, K: convert, bits: bitcast, F: Math.fround };
  const make = new Function('M', ...Object.keys(all), program.source);
  return (memory) => make(memory, ...Object.values(all));
}
