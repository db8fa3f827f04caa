import type { Kernel } from '../../engine/kernel.ts';
import { compile } from './compile.ts';
import { Memory, type Moment, workgroupBytes } from './memory.ts';
import { settle } from './numbers.ts';
import { linker, runWorkgroup } from './run.ts';

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
  const moment: Moment = {
    invocation: 0,
    workgroup: 0,
    phase: 0,
    problems: new Set(),
    races: true,
  };
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
        const { groups, subgroup } = dispatch;
        runWorkgroup(program, link, memory, moment, { id: [x, y, z], groups, subgroup });
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
