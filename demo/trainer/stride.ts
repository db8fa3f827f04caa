import type { Stride } from '../protocol.ts';
import type { Live } from './live.ts';
import type { Stroll } from './stroll.ts';
import type { Telling } from './telling.ts';

/** Iterations of an epoch where data are drawn without end. */
const DRAWN_EPOCH = 100;

/** What is asked of training. */
interface Asked {
  readonly playing: boolean;
  readonly profile: boolean;
  readonly reset: boolean;
  /** Iterations. */
  steps: number;
  /** Presses of Step. */
  strides: Stride[];
}

/** Where training stands. */
interface Standing {
  readonly live: Live;
  readonly telling: Telling;
  /** The iteration that goes on dispatch by dispatch. */
  stroll: Stroll | null;
}

/**
 * Does what is asked below an iteration; what is asked beyond one becomes iterations, once that which has
 * begun is done. True when one was brought to its end.
 */
export async function stride(at: Standing, asked: Asked): Promise<boolean> {
  if (asked.reset) {
    asked.strides = [];
    at.stroll = null; // what it left undone is overwritten
    return false;
  }
  let ended = false;
  for (let by = asked.strides.shift(); by; by = asked.strides.shift()) {
    if (at.live.finished && !at.stroll) continue;
    if (by === 'epoch') asked.steps += at.live.opened.epoch ?? DRAWN_EPOCH;
    else if (by === 'iteration' && !at.stroll) asked.steps++;
    else ended = (await (by === 'iteration' ? finish(at) : goOn(at, by))) || ended;
  }
  if (asked.playing || asked.steps > 0 || asked.profile) await finish(at);
  return ended && !asked.playing;
}

async function goOn(at: Standing, by: 'dispatch' | 'op'): Promise<boolean> {
  at.stroll ??= await at.telling.stroll();
  const ended = await at.stroll.next(by);
  if (ended) at.stroll = null;
  return ended;
}

async function finish(at: Standing): Promise<boolean> {
  const { stroll } = at;
  at.stroll = null;
  await stroll?.finish();
  return stroll !== null;
}
