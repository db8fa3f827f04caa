import type { Kernel } from '../../engine/kernel.ts';
import type { Case, Words } from './case.ts';

/** One dispatch of a variant, as a row of its contract's table asks for it. */
export interface Trial {
  params: Record<string, number>;
  buffers: Record<string, Words>;
  groups: readonly number[];
  overrides: Record<string, number>;
}

/**
 * The dispatch of a row.
 * @param fixed overrides that the device decides, such as SIZE
 */
export function trial(kernel: Kernel, row: Case, fixed: Record<string, number> = {}): Trial {
  const { overrides: given = {} } = row;
  const chosen = typeof given === 'function' ? given(kernel) : given;
  const overrides = { ...kernel.overrides, ...chosen, ...fixed };
  const groups = row.groups(kernel, overrides);
  return { params: row.params, buffers: allocate(kernel, row), groups, overrides };
}

/** Copies of the row's buffers and NaN-filled outputs, padded with NaN to 16 bytes. */
function allocate(kernel: Kernel, row: Case): Record<string, Words> {
  const entries = kernel.bindings.map(({ name, type }) => {
    const given = row.buffers[name];
    const size = given?.length ?? row.expect[name]?.length;
    if (size === undefined) throw new Error(`case '${row.name}': nothing for binding '${name}'.`);
    const bits = new Uint32Array(Math.max(1, Math.ceil(size / 4)) * 4).fill(0x7fc0dead);
    const kind = /i32|vec\di/.test(type)
      ? Int32Array
      : /u32|vec\du/.test(type)
        ? Uint32Array
        : null;
    const words = new (kind ?? Float32Array)(bits.buffer);
    if (given) words.set(given);
    return [name, words];
  });
  return Object.fromEntries(entries);
}

/** Results that are not what the row expects, a sentence each. */
export function differences(row: Case, buffers: Record<string, Words>): string[] {
  return Object.entries(row.expect).flatMap(([name, wanted]) => {
    return [...wrong(name, buffers[name], wanted, row.tolerance ?? 1e-6)];
  });
}

function* wrong(name: string, actual: Words, wanted: ArrayLike<number>, tolerance: number) {
  const limit = actual instanceof Float32Array ? tolerance : 0;
  for (let i = 0; i < wanted.length; i++) {
    if (Object.is(actual[i], wanted[i]) || actual[i] === wanted[i]) continue;
    const error = Math.abs(actual[i] - wanted[i]) / Math.max(1, Math.abs(wanted[i]));
    if (!(error <= limit)) yield `${name}[${i}] is ${actual[i]}, expected ${wanted[i]}.`;
  }
}
