import type { ProfileEvent } from '../../engine/index.ts';
import type { Profile } from '../protocol.ts';

/** A profile as the page gets it: each WGSL text once. */
export function profileOf(step: number, events: readonly ProfileEvent[]): Profile {
  const texts = [...new Set(events.map((event) => event.code))];
  const dispatches = events.map(({ code, ...rest }) => ({ ...rest, text: texts.indexOf(code) }));
  return { step, dispatches, texts };
}
