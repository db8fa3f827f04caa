import { formatAddress, infoOf } from '../address.ts';
import type { RunConfig } from '../../run/folder.ts';
import type { From, Post } from '../protocol.ts';
import { shippedCheckpoint } from '../shipped/checkpoint.ts';
import type { Origin } from '../store/database.ts';
import { readKept } from '../store/runs.ts';
import { type At, showSamples, takeSnapshot } from './at.ts';
import { startKeeping } from './keeping.ts';
import { type Live, openLive } from './live.ts';
import { startTelling } from './telling.ts';

/** What a run goes on from. */
interface Starting {
  /** Under which this browser keeps it already. */
  id?: string;
  origin: Origin;
  file: Uint8Array<ArrayBuffer>;
  /** Of the steps up to there, as far as they are known. */
  losses: Record<string, Float32Array>;
}

/** Opens a run at its step 0, or where it is to go on from, and shows a first picture of it. */
export async function begin(
  run: RunConfig,
  from: From | null,
  post: Post,
  wish: { drawing: AbortController },
): Promise<At> {
  const live = await openLive(run, post);
  post({ kind: 'opened', opened: live.opened });
  const start = { step: 0, file: await live.training.save() };
  const starting = await startingOf(run, from, start.file);
  const keeping = startKeeping(run, live.opened, post, starting);
  const at: At = {
    live,
    telling: startTelling(live, keeping.post),
    keeping,
    start,
    last: start,
    saved: { at: performance.now(), cost: 0 },
    sampled: { at: 0, cost: 0 },
    profiled: false,
    stroll: null,
    due: 0,
  };
  if (starting) {
    live.training.restore(starting.file);
    keeping.post(lossesTold(run, starting.losses, live.training.done));
    await takeSnapshot(at);
    if (starting.id) post({ kind: 'kept', id: starting.id, step: at.last.step });
    else keeping.write(at.last);
  } else {
    await preview(run, live, start.file, post, wish.drawing);
  }
  await showSamples(at, wish, true); // a first picture before the long part
  await live.compile();
  return at;
}

async function startingOf(
  run: RunConfig,
  from: From | null,
  start: Uint8Array,
): Promise<Starting | null> {
  if (!from) return null;
  if (from.kind === 'file') return { ...from, origin: 'imported' };
  if (from.kind === 'shipped') {
    const shipped = await shippedCheckpoint(run, start);
    if (shipped) return { ...shipped, origin: 'shipped' };
    throw new Error('No checkpoint of this run comes with the page. Play starts it anew.');
  }
  const { run: kept, state } = await readKept(from.id);
  const losses = Object.fromEntries(kept.names.map((name, i) => [name, state.losses[i]]));
  const same = kept.address === formatAddress(run);
  const { id, origin } = same ? kept : { id: undefined, origin: 'longer' as const };
  return { id, origin, file: state.file, losses };
}

/** Losses up to a step as they are told; NaN where they are not known. */
function lossesTold(run: RunConfig, losses: Starting['losses'], step: number) {
  const known = Object.keys(losses);
  const names = known.length ? known : Object.keys(infoOf(run.model)?.losses ?? {});
  const rows = Array.from({ length: step }, (_, k) => names.map((n) => losses[n]?.[k] ?? NaN));
  return { kind: 'losses', from: 0, names, rows, bytes: 0 } as const;
}

/** Shows what the run comes to where a trained one comes with the page; training starts as ever. */
async function preview(
  run: RunConfig,
  { training, sample }: Live,
  start: Uint8Array,
  post: Post,
  { signal }: AbortController,
): Promise<void> {
  const shipped = await shippedCheckpoint(run, start);
  if (!shipped) return;
  training.restore(shipped.file);
  try {
    const samples = { step: shipped.step, values: await sample({ signal }), keep: false };
    post({ kind: 'preview', samples }, [samples.values.buffer]);
  } catch (error) {
    if (!signal.aborted) throw error; // else somebody wants to train by now
  } finally {
    training.restore(start);
  }
}
