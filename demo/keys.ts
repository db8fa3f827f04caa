import type { Action } from './views/run-controls.ts';

/** What a key asks of the run; undefined where it is somebody else's, as a field's. */
export function keyAction(event: KeyboardEvent, running: boolean): Action | undefined {
  const target = event.composedPath()[0] as HTMLElement;
  const busy = /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || target.role === 'region';
  const pressed = /^(BUTTON|A|SUMMARY)$/.test(target.tagName) && event.key === ' ';
  if (busy || pressed || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions: Record<string, Action> = {
    ' ': running ? 'pause' : 'play',
    ArrowRight: 'step',
    r: 'reset',
  };
  return actions[event.key.length > 1 ? event.key : event.key.toLowerCase()];
}
