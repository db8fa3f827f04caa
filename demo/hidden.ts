import type { Session } from './session.ts';
import { durationText } from './views/format.ts';

/** Training that gets slower than this part of what it was is said to be slowed down. */
const SLOW = 0.5;

/**
 * Watches what the browser does to training while the page is hidden: the run is kept at once, as the page
 * may never come back; where it was slowed down or frozen, a notice says so afterwards.
 */
export function watchHidden(current: () => Session | null, changed: () => void): () => void {
  let left: { session: Session; time: number; step: number; rate: number } | null = null;

  const hidden = () => {
    const session = current();
    if (session?.phase !== 'training' || session.recorded) return;
    session.send({ kind: 'keep' });
    left = {
      session,
      time: performance.now(),
      step: session.curve.steps.length,
      rate: session.rate,
    };
  };

  const seen = () => {
    const session = current();
    const notice = left && session === left.session && noticeOf(session, left);
    left = null;
    if (!session || !notice) return;
    session.notice = notice;
    changed();
  };

  const turn = () => (document.hidden ? hidden() : seen());
  document.addEventListener('visibilitychange', turn);
  return () => document.removeEventListener('visibilitychange', turn);
}

function noticeOf(
  { phase, curve }: Session,
  { time, step, rate }: { time: number; step: number; rate: number },
): string {
  const seconds = (performance.now() - time) / 1000;
  const steps = curve.steps.length - step;
  if (phase !== 'training' || seconds < 5 || steps / seconds > SLOW * rate) return '';
  const speed = `${(steps / seconds).toPrecision(2)} instead of ${rate.toPrecision(2)} steps/s`;
  return (
    `While this page was hidden, for ${durationText(seconds)}, the browser slowed training down: ` +
    `${speed}. Nothing is lost; keep the page in a window of its own to train at full speed.`
  );
}
