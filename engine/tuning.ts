import type { Tuning } from './choose.ts';

/** The class of adapters that a table of variants holds for: vendor and architecture. */
export const adapterClass = (info?: Pick<GPUAdapterInfo, 'vendor' | 'architecture'>): string =>
  `${info?.vendor ?? ''} ${info?.architecture ?? ''}`.trim() || 'unknown';

const STORE = 'tables';

/** Runs one request on the store of tables that this browser keeps. */
async function inStore<T>(
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opening = indexedDB.open('eightfold tuning', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    return await settled(ask(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * The table that this browser keeps for a class of adapters, for `open({ tuning })`; null where there
 * is none or the browser keeps nothing.
 */
export async function loadTuning(name: string): Promise<Tuning | null> {
  if (typeof indexedDB === 'undefined') return null;
  const found = await inStore('readonly', (store) => store.get(name)).catch(() => undefined);
  return found ?? null;
}

/** Keeps a table in this browser's IndexedDB. Rejects where the browser forbids it. */
export async function saveTuning(name: string, tuning: Tuning): Promise<void> {
  await inStore('readwrite', (store) => store.put(tuning, name));
}
