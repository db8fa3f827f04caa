/** Time over which a rate is a mean, ms. */
const WINDOW = 3000;

/** Measures how fast training goes. */
export interface RateMeter {
  /** Steps per second over the last seconds, now that `step` is reached. */
  at(step: number): number;
  /** Forgets the past; 0. */
  stop(): number;
}

/** A meter without a past. */
export function rateMeter(): RateMeter {
  let past: { time: number; step: number }[] = [];
  return {
    at(step) {
      const time = performance.now();
      past.push({ time, step });
      while (past.length > 2 && past[1].time < time - WINDOW) past.shift();
      const [first] = past;
      return time > first.time ? ((step - first.step) * 1000) / (time - first.time) : 0;
    },
    stop() {
      past = [];
      return 0;
    },
  };
}
