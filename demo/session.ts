import type { Reference } from '../models/references.ts';
import type { RunConfig } from '../run/folder.ts';
import { type Curve, emptyCurve, extend, truncate } from './curve.ts';
import type {
  Command,
  From,
  Opened,
  Phase,
  Profile,
  Report,
  Samples,
  Visited,
} from './protocol.ts';
import { type RateMeter, rateMeter } from './rate.ts';

/** A run as the page sees it; its worker trains it. */
export interface Session {
  /** As it was started, with all changes since. */
  run: RunConfig;
  /** What it went on from, null for its step 0. */
  readonly from: From | null;
  phase: Phase;
  /** What opening is busy with. */
  stage: string;
  /** Kernels compiled in this stage, the newest last. */
  readonly compiled: string[];
  opened: Opened | null;
  curve: Curve;
  /** What the losses can be held against. */
  references: readonly Reference[];
  /** Steps per second of late, 0 while not training. */
  rate: number;
  /** Bytes of GPU memory in use. */
  bytes: number;
  samples: Samples | null;
  /** Earlier samples, oldest first. */
  film: Samples[];
  profile: Profile | null;
  /** Where an iteration stands that is run dispatch by dispatch. */
  visited: Visited | null;
  /** Iterations a second, 0 for as many as can be. */
  speed: number;
  /** What the run comes to, before it has begun: trained earlier, and on what. */
  preview: Preview | null;
  /** Up to which step this browser keeps the run, and under which id. */
  kept: { id: string; step: number } | null;
  /** Whether it is a recording that plays: nothing is computed. */
  readonly recorded: boolean;
  /** Something worth knowing that needs no action. */
  notice: string;
  error: { name: string; message: string; code?: string } | null;
  send(command: Exclude<Command, { kind: 'open' | 'ask' }>): void;
  /**
   * Asks the worker what a family's view wants to know (insight/answers.ts). Null when a newer question of
   * the same name takes its place, or when the question is null, which ends the one before. What a long
   * answer tells on its way goes to `part`. Throws what answering threw.
   */
  ask<T, P = never>(name: string, question: unknown, part?: (part: P) => void): Promise<T | null>;
  /** Ends the worker, and with it the device and all its memory. */
  close(): void;
}

/** Samples of a trained model that comes with the page, and what it takes to show them. */
export interface Preview extends Pick<Opened, 'form' | 'count' | 'examples'> {
  samples: Samples;
  /** How its training went, if that was recorded. */
  curve: Curve | null;
  /** Whether they were recorded, instead of drawn here. */
  recorded: boolean;
}

/** A run of which nothing has been told yet. */
export const unopened = (
  run: RunConfig,
  from: From | null,
): Omit<Session, 'send' | 'ask' | 'close'> => ({
  run,
  from,
  phase: 'opening',
  stage: '',
  compiled: [],
  opened: null,
  curve: emptyCurve(),
  references: [],
  rate: 0,
  bytes: 0,
  samples: null,
  film: [],
  profile: null,
  visited: null,
  speed: 0,
  preview: null,
  kept: null,
  recorded: false,
  notice: '',
  error: null,
});

/**
 * Starts a worker that opens a run, paused at its step 0 or where it is to go on from; `changed` is
 * called whenever something has changed.
 */
export function openSession(run: RunConfig, from: From | null, changed: () => void): Session {
  const worker = new Worker(new URL('./trainer/worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  const session: Session = {
    ...unopened(run, from),
    stage: 'Starting the worker',
    send(command) {
      if (command.kind === 'speed') session.speed = command.perSecond;
      worker.postMessage(command);
    },
    ask<T, P>(name: string, question: unknown, part?: (part: P) => void) {
      const id = asked++;
      const answer = Promise.withResolvers<unknown>();
      waiting.set(id, { ...answer, part: part as Waiting['part'] });
      worker.postMessage({ kind: 'ask', id, name, question } satisfies Command);
      return answer.promise as Promise<T | null>;
    },
    close() {
      worker.terminate();
      for (const { resolve } of waiting.values()) resolve(null);
    },
  };
  const rate = rateMeter();
  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    if (data.kind === 'answer') {
      hear(waiting, data);
      return;
    }
    apply(session, data, rate);
    changed();
    if (data.kind === 'opened') askReferences(session, changed);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    const message = event.message || 'the worker did not load. Reload the page.';
    apply(session, { kind: 'failed', name: 'worker', message }, rate);
    changed();
  };
  worker.postMessage({ kind: 'open', run, from } satisfies Command);
  return session;
}

async function askReferences(session: Session, changed: () => void): Promise<void> {
  try {
    session.references = (await session.ask<Reference[]>('references', {})) ?? [];
  } catch (error) {
    session.notice = `The chart has no floors and baselines: ${(error as Error).message}`;
  }
  changed();
}

/** A question on its way. */
interface Waiting extends PromiseWithResolvers<unknown> {
  part?: (part: unknown) => void;
}

function hear(waiting: Map<number, Waiting>, report: Report & { kind: 'answer' }): void {
  const { id, answer, part, error } = report;
  const asked = waiting.get(id);
  if (part) {
    asked?.part?.(answer);
    return;
  }
  if (error === undefined) asked?.resolve(answer);
  else asked?.reject(new Error(error));
  waiting.delete(id);
}

function apply(
  session: Session,
  report: Exclude<Report, { kind: 'answer' }>,
  rate: RateMeter,
): void {
  switch (report.kind) {
    case 'stage':
      session.stage = report.text;
      session.compiled.length = 0;
      break;
    case 'compile':
      session.compiled.push(report.kernel);
      break;
    case 'opened':
      session.opened = report.opened;
      break;
    case 'phase':
      session.phase = report.phase;
      if (report.phase === 'training') session.visited = null;
      else session.rate = rate.stop();
      break;
    case 'changed':
      session.run = report.run;
      break;
    case 'preview':
      session.preview = session.opened && {
        ...session.opened,
        samples: report.samples,
        curve: session.preview?.curve ?? null,
        recorded: false,
      };
      break;
    case 'kept':
      session.kept = { id: report.id, step: report.step };
      break;
    case 'notice':
      session.notice = report.text;
      break;
    case 'losses':
      session.preview = null;
      if (!session.curve.names.length) session.curve = emptyCurve(report.names);
      extend(session.curve, report.from, report.rows);
      session.bytes = report.bytes;
      session.rate = rate.at(session.curve.steps.length);
      break;
    case 'samples':
      session.samples = report.samples;
      if (report.samples.keep) session.film = [...session.film, report.samples];
      break;
    case 'profile':
      session.profile = report.profile;
      break;
    case 'visited':
      session.visited = report.visited;
      break;
    case 'rewind':
      rewind(session, report.step);
      session.notice = report.reason;
      session.rate = rate.stop();
      break;
    case 'failed':
      session.phase = 'failed';
      session.error = { name: report.name, message: report.message, code: report.code };
      break;
  }
}

function rewind(session: Session, step: number): void {
  truncate(session.curve, step);
  session.film = session.film.filter((s) => s.step <= step);
  if (session.samples && session.samples.step > step) session.samples = session.film.at(-1) ?? null;
}
