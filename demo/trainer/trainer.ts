import type { RunConfig } from '../../run/folder.ts';
import type { Command, From, Phase, Post, Stride } from '../protocol.ts';
import { collectQuestions, type Questions } from './asking.ts';
import { type At, showSamples, takeSnapshot } from './at.ts';
import { stayAwake } from './awake.ts';
import { begin } from './begin.ts';
import type { Snapshot } from './keeping.ts';
import { isLost, reopen } from './recovery.ts';
import { stride } from './stride.ts';
import { startTelling } from './telling.ts';

/** Trains one run, in a worker, as the page commands. */
export interface Trainer {
  obey(command: Exclude<Command, { kind: 'open' }>): void;
}

const SNAPSHOT_MS = 3000;
const SAMPLE_MS = 500;
/** Steps whose samples the page keeps. */
const MILESTONES = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000];

/** Opens a run and starts to wait for commands. Whatever fails is told to the page. */
export function startTrainer(run: RunConfig, from: From | null, post: Post): Trainer {
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

  work(run, from, post, wish, wished).catch((error: Error & { kind?: string }) => {
    post({ kind: 'failed', name: error.name, message: error.message, code: error.kind });
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
      if (kind === 'keep') wish.keep = true;
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
  /** Whether a snapshot is to be kept at once. */
  keep: boolean;
  /** Ends the draw of samples that goes on. */
  drawing: AbortController;
  questions: Questions;
}

const idle = { playing: false, steps: 0, reset: false, profile: false, keep: false };

/** Does what is wished, one thing at a time, for ever; a lost GPU is opened again. */
async function work(run: RunConfig, from: From | null, post: Post, wish: Wish, wished: Wished) {
  let phase: Phase = 'opening';
  const enter = (next: Phase) => {
    if (next !== phase) post({ kind: 'phase', phase: next });
    phase = next;
    stayAwake(phase === 'training');
  };
  let at = await begin(run, from, post, wish);
  for (;;) {
    try {
      const strolled = await stride(at, wish);
      if (at.stroll) {
        enter('paused');
        await wished(); // the GPU's buffers are those of the step until it is done
        continue;
      }
      if (strolled) await showSamples(at, wish, false);
      if (wish.changes.length) await change(at, wish);
      if (wish.questions.waiting) await answer(at, wish.questions);
      if (wish.reset) {
        await rewindTo(at, at.start, wish);
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
      at = await recover(at, error as Error);
    }
  }
}

/** Changes settings, tells the page of it, and shows what it does to samples. */
async function change(at: At, wish: Wish): Promise<void> {
  const { training } = at.live;
  const { settings } = training.run;
  await at.telling.drain();
  for (const { name, value } of wish.changes.splice(0)) training.change(name, value);
  at.keeping.post({ kind: 'changed', run: training.run });
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
  const old = now - at.saved.at > Math.max(SNAPSHOT_MS, 50 * at.saved.cost);
  if (old || wish.keep) await takeSnapshot(at);
  if (wish.keep) at.keeping.write(at.last);
  else at.keeping.offer(at.last);
  wish.keep = false;
}

/** Tells what is still to tell, and snapshots: the GPU, or the page, may be gone when work goes on. */
async function rest(at: At): Promise<void> {
  await at.telling.drain();
  if (at.last.step === at.live.training.done) return;
  await takeSnapshot(at);
  at.keeping.write(at.last);
}

async function rewindTo(at: At, to: Snapshot, wish: Wish): Promise<void> {
  await at.telling.drain();
  at.live.training.restore(to.file);
  at.last = to;
  at.keeping.startAnew();
  at.keeping.post({ kind: 'visited', visited: null });
  at.keeping.post({ kind: 'rewind', step: to.step, reason: '' });
  await showSamples(at, wish, false);
}

async function recover(at: At, error: Error): Promise<At> {
  const { post } = at.keeping;
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
  return { ...at, live, telling: startTelling(live, post), stroll: null };
}
