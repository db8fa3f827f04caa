import type { RunConfig } from '../../run/folder.ts';
import { formatAddress } from '../address.ts';
import { type Curve, emptyCurve, extend, truncate } from '../curve.ts';
import type { Opened, Post, Report, Samples } from '../protocol.ts';
import type { Origin } from '../store/database.ts';
import { type Kept, removeKept, sameRuns, writeKept } from '../store/runs.ts';

/** A snapshot of a run that training can go back to. */
export interface Snapshot {
  step: number;
  file: Uint8Array<ArrayBuffer>;
}

/** Keeps a run in this browser while it trains. */
export interface Keeping {
  /** Sends a report to the page and remembers what belongs to the run. */
  readonly post: Post;
  /** Starts to write a snapshot, unless one was written lately or is being written. */
  offer(snapshot: Snapshot): void;
  /** Starts to write a snapshot as soon as can be. */
  write(snapshot: Snapshot): void;
  /** What is trained from here on is another run than what was kept. */
  startAnew(): void;
}

/** Time between two writes, ms, and how many times as long as a write at least. */
const [KEEP_MS, COST] = [10_000, 20];

/** Starts to keep a run, under the id that it has already or gets; its reports go to `post`. */
export function startKeeping(
  started: RunConfig,
  opened: Pick<Opened, 'adapter' | 'form' | 'count'>,
  post: Post,
  given: { id?: string; origin: Origin } | null,
): Keeping {
  let { id = newId(), origin } = given ?? { origin: 'trained' };
  let run = started; // with the changes since
  let curve: Curve = emptyCurve();
  let samples: Samples | null = null;
  let next: Snapshot | null = null;
  let busy = false;
  let due = performance.now() + KEEP_MS;

  const remember = (report: Report) => {
    if (report.kind === 'losses') {
      if (!curve.names.length) curve = emptyCurve(report.names);
      extend(curve, report.from, report.rows);
    } else if (report.kind === 'rewind') {
      truncate(curve, report.step);
    } else if (report.kind === 'changed') {
      run = report.run;
    } else if (report.kind === 'samples') {
      samples = { ...report.samples, values: report.samples.values.slice() };
    }
  };

  const keptOf = ({ step, file }: Snapshot): Kept => {
    const { form, count, adapter } = opened;
    return {
      run: {
        ...{ id, run, origin, adapter, step, names: curve.names },
        address: formatAddress(run),
        last: curve.smooth.map((column) => column[step - 1]),
        bytes: file.byteLength,
        changed: Date.now(),
        samples: samples && { form, count, values: samples.values },
      },
      state: { file, losses: curve.raw.map((column) => Float32Array.from(column.slice(0, step))) },
    };
  };

  const work = async () => {
    busy = true;
    try {
      while (next) {
        const kept = keptOf(next);
        next = null;
        const started = performance.now();
        post({ kind: 'kept', ...(await keepOnce(kept)) });
        const ended = performance.now();
        due = ended + Math.max(KEEP_MS, COST * (ended - started));
      }
    } catch (error) {
      due = Number.POSITIVE_INFINITY; // once is enough to say it; a pause tries again
      post({ kind: 'notice', text: unkept(error as Error) });
    } finally {
      busy = false;
    }
  };

  const write = (snapshot: Snapshot) => {
    if (snapshot.step === 0) return;
    next = snapshot;
    if (!busy) work();
  };
  return {
    post(report, transfer) {
      remember(report);
      post(report, transfer);
    },
    write,
    offer(snapshot) {
      if (!busy && performance.now() > due) write(snapshot);
    },
    startAnew() {
      [id, origin] = [newId(), 'trained'];
    },
  };
}

const newId = (): string => crypto.randomUUID();

const unkept = ({ name, message }: Error) =>
  name === 'QuotaExceededError'
    ? 'The browser has no room to keep this run: training goes on. Delete runs in Runs, or export it.'
    : `The browser does not keep this run (${message}): training goes on. Export it before you leave.`;

/**
 * Writes a run, unless it is kept already and got at least as far, perhaps under another id; what got
 * less far is replaced. Resolves to what is kept now.
 */
async function keepOnce(kept: Kept): Promise<{ id: string; step: number }> {
  const { id, step } = kept.run;
  const same = await sameRuns(kept);
  const further = same.find((other) => other.step >= step);
  if (further) return { id: further.id, step: further.step };
  await writeKept(kept);
  for (const other of same) if (other.id !== id) await removeKept(other.id);
  return { id, step };
}
