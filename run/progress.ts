import colors from 'picocolors';

/** What a command shows of training while it goes on. */
export interface Progress {
  /** Shows where training stands; `losses` by name. */
  update(step: number, losses: Record<string, number>): void;
  /** Ends the updating line and prints a message below it. */
  say(text: string): void;
}

const EVERY_MS = 10_000; // between lines where the line cannot be updated in place

/**
 * Progress of a training run: step, losses with their units, steps per second and the time left.
 * One updating line on a terminal, a line every ten seconds elsewhere.
 */
export function progress(steps: number, units: Record<string, string>): Progress {
  const out = process.stdout;
  let first: { step: number; at: number } | null = null; // the rate leaves compiling out
  let printed = Number.NEGATIVE_INFINITY;
  let pending = false;
  return {
    update(step, losses) {
      const now = performance.now();
      first ??= { step, at: now };
      const rate = ((step - first.step) * 1000) / Math.max(1, now - first.at);
      const text = line(step, steps, losses, units, rate);
      if (out.isTTY) {
        out.write(`\r\x1b[2K${text.slice(0, Math.max(20, (out.columns ?? 80) - 1))}`);
        pending = true;
      } else if (now - printed >= EVERY_MS || step === steps) {
        printed = now;
        console.log(text);
      }
    },
    say(text) {
      if (pending) out.write('\n');
      pending = false;
      console.log(text);
    },
  };
}

function line(
  step: number,
  steps: number,
  losses: Record<string, number>,
  units: Record<string, string>,
  rate: number,
): string {
  const values = Object.entries(losses).map(([name, value]) => {
    const unit = units[name] ? ` ${units[name]}` : '';
    return `${name} ${value.toPrecision(5)}${unit}`;
  });
  const left =
    rate > 0 ? `  ${rate.toPrecision(3)} steps/s  ${duration((steps - step) / rate)} left` : '';
  return `step ${step}/${steps}  ${values.join('  ')}${left}`;
}

/** Seconds as `42 s`, `3 min 05 s` or `2 h 07 min`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  const two = (n: number) => String(n).padStart(2, '0');
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  return `${Math.floor(s / 3600)} h ${two(Math.floor(s / 60) % 60)} min`;
}

/** A dimmed remark. */
export const remark = (text: string): string => colors.dim(text);
