import { demand } from './errors.ts';
import { Variable } from './tensor.ts';

/** Variables in nested plain objects and arrays; other values pass untouched. */
export type Tree = Variable | { readonly [key: string]: unknown } | readonly unknown[];

/** The variables of a tree with their paths (`encoder.0.weight`), in order of their keys. */
export function namedVariables(tree: unknown, path = ''): [string, Variable][] {
  if (tree instanceof Variable) return [[path, tree]];
  if (typeof tree !== 'object' || tree === null || ArrayBuffer.isView(tree)) return [];
  return Object.entries(tree).flatMap(([key, value]) =>
    namedVariables(value, path ? `${path}.${key}` : key),
  );
}

/** The variables of a tree, in order of their keys. */
export const variablesOf = (tree: unknown): Variable[] => namedVariables(tree).map(([, v]) => v);

/** A tree of the same form with each variable replaced. */
export function mapTree<T>(tree: T, change: (v: Variable) => Variable): T {
  if (tree instanceof Variable) return change(tree) as T;
  if (Array.isArray(tree)) return tree.map((x) => mapTree(x, change)) as T;
  if (typeof tree !== 'object' || tree === null || ArrayBuffer.isView(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([k, v]) => [k, mapTree(v, change)])) as T;
}

/** Elements between the starts of packed parts: the alignment of a binding. */
const ALIGN = 64;

/** Where parts of these sizes start in a flat buffer, and how long it is, in elements. */
export function layoutOf(sizes: readonly number[]): { offsets: number[]; total: number } {
  const offsets: number[] = [];
  let total = 0;
  for (const size of sizes) {
    offsets.push(total);
    total += Math.max(1, Math.ceil(size / ALIGN)) * ALIGN;
  }
  return { offsets, total };
}

/**
 * Moves f32 variables into one flat variable, of which they become parts; the values stay. Returns
 * the flat one, or the one they already share. Throws when some already belong to others.
 */
export function flatten(variables: readonly Variable[], name = 'parameters'): Variable {
  demand(variables.length > 0, () => 'flatten: no variables. Give at least one.');
  const base = variables[0].base;
  if (base && variables.every((v) => v.base === base) && parts.get(base) === variables.length) {
    return base;
  }
  for (const v of variables) {
    demand(
      v.dtype === 'f32' && !v.base,
      () =>
        `flatten: '${v.name}' is ${v.base ? 'part of another optimiser' : v.dtype}, expected ` +
        'an f32 variable of its own. Give each variable to one optimiser, all of them at once.',
    );
  }
  const { gpu } = variables[0];
  const { offsets, total } = layoutOf(variables.map((v) => v.size));
  const flat = gpu.createVariable([total], 'f32', name);
  const encoder = gpu.device.createCommandEncoder({ label: 'flatten' });
  const old = variables.map((v, i) => {
    encoder.copyBufferToBuffer(
      v.memory.buffer,
      v.offset,
      flat.memory.buffer,
      offsets[i] * 4,
      v.size * 4,
    );
    const before = v.memory;
    v.memory = flat.memory;
    v.offset = offsets[i] * 4;
    v.base = flat;
    return before;
  });
  gpu.device.queue.submit([encoder.finish()]);
  for (const memory of old) gpu.free(memory);
  parts.set(flat, variables.length);
  return flat;
}

const parts = new WeakMap<Variable, number>();

/** A flat variable like `flat` with parts like those of `tree`, as a tree of its own. */
export function likeTree<T>(tree: T, flat: Variable, name: string): { tree: T; flat: Variable } {
  const copy = flat.gpu.createVariable(flat.shape, 'f32', name);
  const made = mapTree(
    tree,
    (v) => new Variable(flat.gpu, v.shape, 'f32', `${name} of ${v.name}`, copy, v.offset),
  );
  return { tree: made, flat: copy };
}
