import { infoOf } from './address.ts';
import type { Session } from './session.ts';
import { lossText } from './views/format.ts';

/** Where a run stands, in a sentence for a screen reader. */
export function announcement({ run, phase, curve, opened }: Session): string {
  const step = curve.steps.length;
  const units = infoOf(run.model)?.losses ?? {};
  const losses = curve.names.map(
    (name, i) => `${name} ${lossText(curve.smooth[i].at(-1))} ${units[name] ?? ''}`,
  );
  const state = {
    opening: 'Opening',
    paused: step ? 'Paused' : `Ready on ${opened?.adapter}`,
    training: 'Training',
    done: 'Training is done',
    recovering: 'The GPU was lost, opening it again',
    failed: 'Stopped by an error',
  }[phase];
  return step ? `${state}. Step ${step}: ${losses.join(', ')}.` : `${state}.`;
}
