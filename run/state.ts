import { loadCheckpoint, saveCheckpoint } from '../engine/io/checkpoint.ts';
import type { Cursor } from '../models/data/batches.ts';
import type { Model } from '../models/model.ts';

/** Where training stands, besides the variables. */
export interface Position {
  /** Steps done; also the number of the next step's random stream. */
  step: number;
  /** The walk over the data, null for data that is drawn fresh. */
  cursor: Cursor | null;
}

/** A checkpoint from which `restore` continues to the bit. */
export function save(model: Model, position: Position): Promise<Uint8Array<ArrayBuffer>> {
  const updates = mapValues(model.optimisers, (o) => o.updates);
  return saveCheckpoint(tree(model), { ...position, updates });
}

/** Puts a model where it was when the checkpoint was saved. Throws SafetensorsError, unchanged. */
export function restore(model: Model, file: Uint8Array): Position {
  const { step, cursor, updates } = loadCheckpoint(file, tree(model)) as unknown as Position & {
    updates: Record<string, number>;
  };
  for (const [name, optimiser] of Object.entries(model.optimisers)) {
    optimiser.updates = updates[name];
  }
  return { step, cursor };
}

const tree = (model: Model) => ({
  variables: model.variables,
  optimisers: mapValues(model.optimisers, (o) => o.state),
});

function mapValues<T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U) {
  return Object.fromEntries(Object.entries(record).map(([k, v]) => [k, change(v)]));
}
