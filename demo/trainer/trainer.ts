import type { RunConfig } from '../../run/folder.ts';
import type { Command, Phase, Post, Stride } from '../protocol.ts';
import { collectQuestions, type Questions } from './asking.ts';
import { stayAwake } from './awake.ts';
import { type Live, openLive } from './live.ts';
import { isLost, reopen } from './recovery.ts';
import { stride } from './stride.ts';
import type { Stroll } from './stroll.ts';
import { startTelling, type Telling } from './telling.ts';

/** Trains one run, in a worker, as the page commands. */
export interface Trainer {
  obey(command: Exclude<Command, { kind: 'open' }>): void;
}

/** Steps whose losses may be on their way: the GPU never waits for the page, nor runs far ahead. */
const DEPTH = 2;
const SNAPSHOT_MS = 3000;
const SAMPLE_MS = 500;
/** Steps whose samples the page keeps. */
const MILESTONES = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000];

/** Opens a run and starts to wait for commands. Whatever fails is told to the page. */
export function startTrainer(run: RunConfig, post: Post): Trainer {
  const wish: Wish = {
    ...idle,
    changes: [],
    strides: [],
    pause: 0,
    drawing: new AbortController(),
    questions: collectQuestions(post),
  };
  let news = false;
  let wake = () => {};
  const wished = async (ms?: number) => {
    if (!news && !wish.questions.waiting) {
      await new Promise<void>((done) => {
        wake = done;
        if (ms !== undefined) setTimeout(done, ms);
      });
    }
    news = false;
  };

  work(run, post, wish, wished).catch((error: Error) => {
    post({ kind: 'failed', name: error.name, message: error.message });
  });

  return {
    obey(command) {
      const { kind } = command;
      if (kind === 'ask') wish.questions.add(command);
      if (kind === 'play') wish.playing = true;
      if (kind === 'pause') Object.assign(wish, { playing: false, steps: 0 });
      if (kind === 'step') wish.strides.push(command.by ?? 'iteration');
      if (kind === 'speed') wish.pause = command.perSecond ? 1000 / command.perSecond : 0;
      if (kind === 'reset') Object.assign(wish, { ...idle, reset: true });
      if (kind === 'profile') wish.profile = true;
      if (kind === 'change') wish.changes.push(command);
      if (kind === 'play' || kind === 'reset') wish.drawing.abort(); // samples of what is past
      news = true;
      wake();
    },
  };
}

/** Resolves when there are new wishes, or after so many ms. */
type Wished = (ms?: number) => Promise<void>;

interface Wish {
  playing: boolean;
  /** Single steps asked for. */
  steps: number;
  /** Parts of training that are asked for, before they become steps. */
  strides: Stride[];
  /** From step to step, ms. */
  pause: number;
  reset: boolean;
  /** Whether the next step is timed. */
  profile: boolean;
  /** Changes of settings. */
  changes: { name: string; value: number | string }[];
  /** Ends the draw of samples that goes on. */
  drawing: AbortController;
  questions: Questions;
}

const idle: Pick<Wish, 'playing' | 'steps' | 'reset' | 'profile'> = {
  playing: false,
  steps: 0,
  reset: false,
  profile: false,
};

/** Does what is wished, one thing at a time, for ever; a lost GPU is opened again. */
async function work(run: RunConfig, post: Post, wish: Wish, wished: Wished) {
  let phase: Phase = 'opening';
  const enter = (next: Phase) => {
    if (next !== phase) post({ kind: 'phase', phase: next });
    phase = next;
    stayAwake(phase === 'training');
  };
  let at = await begin(run, post, wish);
  for (;;) {
    try {
      const strolled = await stride(at, wish);
      if (at.stroll) {
        enter('paused');
        await wished(); // the GPU's buffers are those of the step until it is done
        continue;
      }
      if (strolled) await showSamples(at, wish, false);
      if (wish.changes.length) await change(at, post, wish);
      if (wish.questions.waiting) await answer(at, wish.questions);
      if (wish.reset) {
        await rewindTo(at, at.start, post, wish);
        wish.reset = false; // not before it is done: the GPU may be lost meanwhile
      } else if (at.live.finished) {
        Object.assign(wish, idle);
        await rest(at);
        enter('done');
        await wished();
      } else if (wish.playing && performance.now() < at.due) {
        enter('training');
        await at.telling.drain();
        await wished(at.due - performance.now());
      } else if (wish.playing || wish.steps > 0 || wish.profile) {
        enter('training');
        at.due = performance.now() + wish.pause;
        await advance(at, wish);
      } else {
        await rest(at);
        enter('paused');
        await wished();
      }
    } catch (error) {
      if (!(await isLost(at.live, error as Error))) throw error;
      enter('recovering');
      at = await recover(at, error as Error, post);
    }
  }
}

/** Changes settings, tells the page of it, and shows what it does to samples. */
async function change(at: At, post: Post, wish: Wish): Promise<void> {
  const { training } = at.live;
  const { settings } = training.run;
  await at.telling.drain();
  for (const { name, value } of wish.changes.splice(0)) training.change(name, value);
  post({ kind: 'changed', run: training.run });
  if (training.run.settings === settings) return; // samples are as before
  await at.live.resample();
  if (!wish.playing) await showSamples(at, wish, false);
}

/** Answers a question. That it cannot be answered does no harm to training, unless the GPU is gone. */
async function answer({ live, telling }: At, questions: Questions): Promise<void> {
  await telling.drain();
  try {
    await questions.answer(live);
  } catch (error) {
    if (await isLost(live, error as Error)) throw error;
  }
}

/** A snapshot of a run that training can go back to. */
interface Snapshot {
  step: number;
  file: Uint8Array<ArrayBuffer>;
}

/** A run being trained, and where it can go back to. */
interface At {
  live: Live;
  telling: Telling;
  start: Snapshot;
  last: Snapshot;
  /** When the last snapshot and the last samples were taken, and how long they took, ms. */
  saved: { at: number; cost: number };
  sampled: { at: number; cost: number };
  /** Whether the page has seen the dispatches of a step. */
  profiled: boolean;
  /** The step that goes on dispatch by dispatch. */
  stroll: Stroll | null;
  /** When the next step may begin while playing slowly, ms. */
  due: number;
}

async function begin(run: RunConfig, post: Post, wish: Wish): Promise<At> {
  const live = await openLive(run, post);
  post({ kind: 'opened', opened: live.opened });
  const start = { step: 0, file: await live.training.save() };
  const at = {
    live,
    telling: startTelling(live, post, DEPTH),
    start,
    last: start,
    saved: { at: performance.now(), cost: 0 },
    sampled: { at: 0, cost: 0 },
    profiled: false,
    stroll: null,
    due: 0,
  };
  await showSamples(at, wish, true); // a first picture before the long part
  await live.compile();
  return at;
}

/** One step, and now and then samples and a snapshot. */
async function advance(at: At, wish: Wish): Promise<void> {
  const { live, telling } = at;
  const single = !wish.playing && wish.steps === 1;
  const unseen = !at.profiled && live.training.done > 0; // the first step still warms up
  if (wish.profile || single || unseen) {
    wish.profile = false;
    at.profiled = true;
    await telling.profile();
  } else {
    await telling.step();
  }
  if (wish.steps > 0) wish.steps--;
  const { done } = live.training;
  const now = performance.now();
  const keep = MILESTONES.includes(done);
  const due = now - at.sampled.at > Math.max(SAMPLE_MS, 12 * at.sampled.cost);
  const last = !wish.playing && wish.steps === 0;
  if (keep || due || live.finished || last) await showSamples(at, wish, keep);
  if (now - at.saved.at > Math.max(SNAPSHOT_MS, 50 * at.saved.cost)) await takeSnapshot(at);
}

/** Tells what is still to tell, and snapshots: the GPU may be gone when work goes on. */
async function rest(at: At): Promise<void> {
  await at.telling.drain();
  if (at.last.step !== at.live.training.done) await takeSnapshot(at);
}

async function showSamples(at: At, wish: Wish, keep: boolean): Promise<void> {
  const started = performance.now();
  wish.drawing = new AbortController();
  const { signal } = wish.drawing;
  try {
    await at.telling.samples(keep, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const ended = performance.now();
  at.sampled = { at: ended, cost: ended - started };
}

async function takeSnapshot(at: At): Promise<void> {
  await at.telling.drain(); // what is told lies before the snapshot, so nothing is told in part
  const started = performance.now();
  at.last = { step: at.live.training.done, file: await at.live.training.save() };
  const ended = performance.now();
  at.saved = { at: ended, cost: ended - started };
}

async function rewindTo(at: At, to: Snapshot, post: Post, wish: Wish): Promise<void> {
  await at.telling.drain();
  at.live.training.restore(to.file);
  at.last = to;
  post({ kind: 'visited', visited: null });
  post({ kind: 'rewind', step: to.step, reason: '' });
  await showSamples(at, wish, false);
}

async function recover(at: At, error: Error, post: Post): Promise<At> {
  const { step, file } = at.last;
  const { run } = at.live.training;
  const why = error.message
    .replace(/^GPU device lost \(\w+\): /, '')
    .replace(/\.* Call open.*/s, '');
  const tell = (next: string) =>
    post({ kind: 'rewind', step, reason: `The GPU was lost: ${why}. ${next}` });
  tell(`Opening it again, to go on from step ${step}.`);
  const live = await reopen(run, post);
  live.training.restore(file);
  tell(`Training went on from step ${step}.`);
  post({ kind: 'visited', visited: null });
  return { ...at, live, telling: startTelling(live, post, DEPTH), stroll: null };
}
