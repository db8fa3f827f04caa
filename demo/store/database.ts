import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Form } from '../../models/data/form.ts';
import type { OwnSet } from '../../models/data/own.ts';
import type { RunConfig } from '../../run/folder.ts';
import type { Values } from '../protocol.ts';

/** Where a run's weights come from: its own training from step 0, a run of fewer steps, or a file. */
export type Origin = 'trained' | 'longer' | 'shipped' | 'imported';

/** Samples as a run's picture in the list of runs. */
export interface KeptSamples {
  form: Form;
  count: number;
  values: Values;
}

/** What the list of runs shows of a run that this browser keeps. */
export interface KeptRun {
  readonly id: string;
  /** The whole address of the run, `#v1/…`. */
  readonly address: string;
  readonly run: RunConfig;
  readonly origin: Origin;
  readonly adapter: string;
  readonly step: number;
  /** Names of the losses. */
  readonly names: readonly string[];
  /** Moving averages of the losses at that step. */
  readonly last: readonly number[];
  /** Size of the checkpoint. */
  readonly bytes: number;
  /** When it was written, ms since 1970. */
  readonly changed: number;
  readonly samples: KeptSamples | null;
}

/** What goes on from a kept run: to the bit, with its losses. */
export interface KeptState {
  /** A checkpoint as `Training.save` makes it. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** By loss, of the steps 1, 2, ...; they are f32 on the GPU, so nothing is rounded here. */
  readonly losses: readonly Float32Array<ArrayBuffer>[];
}

/** A data set of the person's own, under the hash of its content. */
export interface KeptSet {
  readonly hash: string;
  /** What it was made of, such as names of files. */
  readonly title: string;
  readonly set: OwnSet;
  readonly changed: number;
}

/** Everything that the studio keeps in this browser. */
export interface StudioSchema extends DBSchema {
  runs: { key: string; value: KeptRun; indexes: { address: string } };
  /** By run: checkpoints, and apart from them losses, which are read more often. */
  files: { key: string; value: KeptState['file'] };
  losses: { key: string; value: KeptState['losses'] };
  sets: { key: string; value: KeptSet };
}

let opening: Promise<IDBPDatabase<StudioSchema>> | null = null;

/** The database of the studio. Rejects where the browser keeps nothing, such as in some private windows. */
export function database(): Promise<IDBPDatabase<StudioSchema>> {
  opening ??= openDB<StudioSchema>('eightfold studio', 1, {
    upgrade(fresh) {
      fresh.createObjectStore('runs', { keyPath: 'id' }).createIndex('address', 'address');
      fresh.createObjectStore('files');
      fresh.createObjectStore('losses');
      fresh.createObjectStore('sets', { keyPath: 'hash' });
    },
    terminated() {
      opening = null;
    },
  });
  opening.catch(() => {
    opening = null; // the next call tries again
  });
  return opening;
}
