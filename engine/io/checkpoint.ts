import { type DType, type TypedArray, typed, type Variable } from '../tensor.ts';
import { namedVariables, type Tree } from '../tree.ts';
import { SafetensorsError, type StoredTensor, type StoredType } from './safetensors.ts';
import { type Notes, seal, unseal } from './sealed.ts';

const STORED: Record<DType, StoredType> = {
  f32: 'F32',
  f16: 'F16',
  i32: 'I32',
  u32: 'U32',
  u8: 'U8',
};

/**
 * A safetensors file of all variables of a tree as they are after the work submitted so far, with
 * notes (anything JSON can carry) and a checksum. Restoring it gives every bit back.
 */
export async function saveCheckpoint(state: Tree, notes: Notes): Promise<Uint8Array<ArrayBuffer>> {
  const variables = namedVariables(state);
  // All copies are submitted before the first await, so the snapshot is of one moment.
  const arrays = await Promise.all(variables.map(([, v]) => v.data()));
  const tensors = variables.map(([name, v], i): [string, StoredTensor] => [
    name,
    { dtype: STORED[v.dtype], shape: v.shape, data: typed(arrays[i], v.dtype) },
  ]);
  return seal(new Map(tensors), notes);
}

/**
 * Writes a checkpoint's values into the variables of a tree and returns its notes. Checks
 * everything first: when it throws SafetensorsError, no variable has changed.
 */
export function loadCheckpoint(file: ArrayBuffer | Uint8Array, state: Tree): Notes {
  const { tensors, notes } = unseal(file);
  const variables = new Map(namedVariables(state));
  for (const [name, v] of variables) checkTensor(name, v, tensors.get(name));
  for (const name of tensors.keys()) {
    if (variables.has(name)) continue;
    refuse('other-model', `'${name}' is in the file but not in the model. ${OTHER}`);
  }
  for (const [name, v] of variables) v.write(tensors.get(name)?.data as TypedArray);
  return notes;
}

const OTHER = 'Open it with the model and settings it was saved from.';

function checkTensor(name: string, v: Variable, stored: StoredTensor | undefined): void {
  if (!stored) refuse('missing-tensor', `'${name}' [${v.shape}] is not in the file. ${OTHER}`);
  const same = stored.shape.join() === v.shape.join() && stored.dtype === STORED[v.dtype];
  if (!same) {
    refuse(
      'other-shape',
      `'${name}': the model has ${STORED[v.dtype]} [${v.shape}], ` +
        `the file ${stored.dtype} [${stored.shape}]. ${OTHER}`,
    );
  }
}

function refuse(code: string, message: string): never {
  throw new SafetensorsError(code, `checkpoint: ${message}`);
}
