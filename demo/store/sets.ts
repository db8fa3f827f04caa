import type { OwnSet } from '../../models/data/own.ts';
import { database, type KeptSet } from './database.ts';

/** All data sets that this browser keeps, the last changed first. */
export async function keptSets(): Promise<KeptSet[]> {
  const sets = await (await database()).getAll('sets');
  return sets.sort((a, b) => b.changed - a.changed);
}

/** A data set by the hash of its content; undefined where this browser does not keep it. */
export async function readSet(hash: string): Promise<KeptSet | undefined> {
  return (await database()).get('sets', hash);
}

/** Keeps a data set under the hash of its content: the same data are kept once. */
export async function writeSet(title: string, set: OwnSet): Promise<KeptSet> {
  const kept = { hash: await hashOf(set), title, set, changed: Date.now() };
  await (await database()).put('sets', kept);
  return kept;
}

/** Forgets a data set. */
export async function removeSet(hash: string): Promise<void> {
  await (await database()).delete('sets', hash);
}

/** Sixteen hexadecimal digits of the SHA-256 of all that makes a difference in training. */
async function hashOf(set: OwnSet): Promise<string> {
  const { form } = set;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  if ('centres' in set) {
    parts.push(bytesOf(set.centres), bytesOf(Float32Array.of(set.spread)));
  } else if ('shape' in set) {
    for (const { values, labels } of [set.train, set.test]) {
      parts.push(values.slice(), labels?.slice() ?? new Uint8Array());
    }
  } else {
    parts.push(...[...set.train, ...set.test].map((part) => part.slice()));
  }
  const about = JSON.stringify([form, ...parts.map((part) => part.length)]);
  const all = new Blob([about, ...parts]);
  const digest = await crypto.subtle.digest('SHA-256', await all.arrayBuffer());
  return Array.from(new Uint8Array(digest).subarray(0, 8), (b) =>
    b.toString(16).padStart(2, '0'),
  ).join('');
}

const bytesOf = (values: Float32Array<ArrayBuffer>) =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
