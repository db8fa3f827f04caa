import type { RunConfig } from '../../run/folder.ts';
import { parseAddress } from '../address.ts';
import { emptyCurve, extend } from '../curve.ts';
import type { Command, Opened } from '../protocol.ts';
import { type Preview, type Session, unopened } from '../session.ts';
import { nearestFile, shippedFile } from './files.ts';
import { type Recording, readRecording } from './format.ts';

/** How often a recording that plays goes on, ms, and in how many goes it is over. */
const [TICK, TICKS] = [100, 200];

/** What a run came to when it was recorded for the page; null where it was not. */
export async function recordedPreview(run: RunConfig): Promise<Preview | null> {
  const file = await shippedFile(run);
  if (!file) return null;
  const recording = readRecording(file);
  const curve = emptyCurve(Object.keys(recording.losses));
  extend(curve, 0, rowsOf(recording, 0, recording.step));
  const samples = { ...recording.film.at(-1)!, keep: false };
  return { ...recording, samples, curve, recorded: true };
}

/** The recorded run that is most like another, to be played without a GPU; `changed` as in openSession. */
export async function openRecorded(run: RunConfig, changed: () => void): Promise<Session> {
  return play(readRecording(await nearestFile(run)), changed);
}

/** The losses of the steps after one, up to another. */
const rowsOf = ({ losses }: Recording, from: number, to: number): number[][] =>
  Array.from({ length: Math.max(0, to - from) }, (_, k) =>
    Object.values(losses).map((column) => column[from + k]),
  );

/** A session in which nothing is computed: it shows what a recording tells. */
function play(recording: Recording, changed: () => void): Session {
  const { losses, film, step: last } = recording;
  let timer: ReturnType<typeof setInterval> | undefined;

  const goTo = (step: number) => {
    const { curve } = session;
    const from = curve.steps.length;
    extend(curve, Math.min(from, step), rowsOf(recording, from, step));
    session.film = film.filter((frame) => frame.step <= step).map((f) => ({ ...f, keep: true }));
    session.samples = session.film.at(-1) ?? null;
  };
  const stop = () => {
    clearInterval(timer);
    session.phase = session.curve.steps.length < last ? 'paused' : 'done';
  };
  const tick = () => {
    goTo(Math.min(last, session.curve.steps.length + Math.ceil(last / TICKS)));
    if (session.curve.steps.length === last) stop();
    changed();
  };
  const obey: Partial<Record<Command['kind'], () => void>> = {
    play() {
      clearInterval(timer);
      session.phase = 'training';
      timer = setInterval(tick, TICK);
    },
    pause: stop,
    step: () => goTo(Math.min(last, session.curve.steps.length + 1)),
    reset() {
      goTo(0);
      stop();
    },
  };
  const session: Session = {
    ...unopened(parseAddress(recording.address), null),
    phase: 'paused',
    opened: openedOf(recording),
    recorded: true,
    curve: emptyCurve(Object.keys(losses)),
    send({ kind }) {
      obey[kind]?.();
      changed();
    },
    ask: async () => null,
    close: () => clearInterval(timer),
  };
  goTo(0);
  return session;
}

function openedOf({ adapter, parameters, form, count, examples }: Recording): Opened {
  const here = { adapter: `recorded on ${adapter}`, software: false, epoch: null };
  return { ...here, parameters, form, count, examples };
}
