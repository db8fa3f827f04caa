import { database, type KeptRun, type KeptState } from './database.ts';

/** A run with what it goes on from. */
export interface Kept {
  run: KeptRun;
  state: KeptState;
}

/** All kept runs, the last changed first. */
export async function keptRuns(): Promise<KeptRun[]> {
  const runs = await (await database()).getAll('runs');
  return runs.sort((a, b) => b.changed - a.changed);
}

/** The kept runs of an address, the furthest first. */
export async function keptAt(address: string): Promise<KeptRun[]> {
  const runs = await (await database()).getAllFromIndex('runs', 'address', address);
  return runs.sort((a, b) => b.step - a.step);
}

/** A kept run with its state. Throws, saying so, when it is kept no more. */
export async function readKept(id: string): Promise<Kept> {
  const stores = await storesOf('readonly');
  const [run, file, losses] = await Promise.all([
    stores.runs.get(id),
    stores.files.get(id),
    stores.losses.get(id),
  ]);
  if (run && file && losses) return { run, state: { file, losses } };
  throw new Error('This run is not kept in this browser any more. Start it anew, or import it.');
}

/** Keeps a run with its state, both or neither. Rejects when the browser has no room for it. */
export async function writeKept({ run, state }: Kept): Promise<void> {
  const { runs, files, losses, done } = await storesOf('readwrite');
  await Promise.all([
    runs.put(run),
    files.put(state.file, run.id),
    losses.put(state.losses, run.id),
    done,
  ]);
}

/** Forgets a run. */
export async function removeKept(id: string): Promise<void> {
  const { runs, files, losses, done } = await storesOf('readwrite');
  await Promise.all([runs.delete(id), files.delete(id), losses.delete(id), done]);
}

/** What belongs to a run, in one transaction. */
async function storesOf<M extends 'readonly' | 'readwrite'>(mode: M) {
  const transaction = (await database()).transaction(['runs', 'files', 'losses'], mode);
  return {
    runs: transaction.objectStore('runs'),
    files: transaction.objectStore('files'),
    losses: transaction.objectStore('losses'),
    done: transaction.done,
  };
}

/** The kept runs that are the same run as one, as far as both go: of its address, adapter and origin. */
export async function sameRuns({ run, state }: Kept): Promise<KeptRun[]> {
  const { address, adapter, origin } = run;
  const alike = (await keptAt(address)).filter(
    (other) => other.adapter === adapter && other.origin === origin,
  );
  const kept = await database();
  const losses = await Promise.all(alike.map(({ id }) => kept.get('losses', id)));
  return alike.filter((_, i) => losses[i] && sameBeginning(losses[i], state.losses));
}

/**
 * Whether one run is the beginning of the other: all losses that both have are equal, to the bit. The
 * same address on the same adapter gives such runs.
 */
function sameBeginning(a: KeptState['losses'], b: KeptState['losses']): boolean {
  return (
    a.length === b.length &&
    a.every((column, i) => {
      const shorter = Math.min(column.length, b[i].length);
      for (let k = 0; k < shorter; k++) if (!Object.is(column[k], b[i][k])) return false;
      return true;
    })
  );
}
