import { EightfoldError } from '../../engine/errors.ts';
import type { PointSet, RowSet, SeriesSet } from './sets.ts';

/** A data set that a person made, in the form of one that models know. */
export type OwnSet = RowSet | SeriesSet | PointSet;

/** What stands in a name between the set whose form and settings own data take, and their hash. */
const MARK = '~';

const provided = new Map<string, OwnSet>();

/** The name of own data in the form of a known set: `mnist~3fa9c1d2`. */
export const ownName = (like: string, hash: string): string => `${like}${MARK}${hash}`;

/** The set whose form and settings a data set takes, and the hash of own data; null for a known set. */
export function nameParts(data: string): { like: string; hash: string | null } {
  const [like, hash] = data.split(MARK);
  return { like, hash: hash ?? null };
}

/** Lets `openSource` find own data by name, until this page or process ends. */
export function provide(data: string, set: OwnSet): void {
  provided.set(data, set);
}

/** Own data that were provided. Throws, saying what to do, where they were not. */
export function providedSet(data: string): OwnSet {
  const set = provided.get(data);
  if (set) return set;
  throw new EightfoldError(
    'argument',
    `data: '${data}': expected your own data, found none here. They stay in the browser that made ` +
      'them: open them there, or give the same files again.',
  );
}
