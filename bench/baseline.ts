import { generator } from './problems/numbers.ts';
import { median, ratioInterval } from './statistics.ts';
import type { Report, Row } from './types.ts';

/** What a comparison with an earlier run says. */
export interface Regressions {
  /** For people: what got slower, faster or can't be compared. */
  lines: string[];
  regressed: boolean;
}

const keyOf = ({ case: name, contestant }: Row): string => `${name}, ${contestant}`;

/**
 * Compares the rows of two runs by case and contestant. A row regressed when the interval (99 %,
 * bootstrap) of its median over the earlier one lies above the threshold; the runs are not paired, so
 * a machine that was busier shows as well, and the roofs tell of it.
 * @param threshold such as 1.05
 */
export function regressions(now: Report, before: Report, threshold: number): Regressions {
  const random = generator(5);
  const lines = [...circumstances(now, before)];
  let regressed = false;
  for (const row of now.rows) {
    const old = before.rows.find((r) => keyOf(r) === keyOf(row));
    if (!old || old.failed || row.failed) continue;
    const interval = ratioInterval(row.samples, old.samples, random);
    if (!interval) {
      lines.push(`${keyOf(row)}: too few samples to compare. Leave --quick out, in both runs.`);
      continue;
    }
    const times = `${old.median_ms.toPrecision(3)} to ${row.median_ms.toPrecision(3)} ms`;
    const ratio = median(row.samples) / median(old.samples);
    const range = `${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`;
    if (interval[0] > threshold) {
      regressed = true;
      lines.push(`REGRESSION ${keyOf(row)}: ${times}, ${ratio.toFixed(2)}x as long (${range})`);
    } else if (interval[1] < 1 / threshold) {
      lines.push(`${keyOf(row)}: ${times}, now ${(1 / ratio).toFixed(2)}x as fast`);
    }
  }
  const gone = before.rows.filter((old) => !now.rows.some((row) => keyOf(row) === keyOf(old)));
  if (gone.length) lines.push(`${gone.length} rows of the baseline were not run`);
  if (!regressed) lines.push('no regression beyond noise');
  return { lines, regressed };
}

/** What differs between the circumstances of two runs that makes their times hard to compare. */
function circumstances({ header: now }: Report, { header: before }: Report): string[] {
  const name = ({ adapter, cpu }: Report['header']) =>
    `${adapter.vendor} ${adapter.architecture} on ${cpu}`;
  const lines: string[] = [];
  if (name(now) !== name(before)) {
    lines.push(`the baseline is of another machine: ${name(before)}; this is ${name(now)}`);
  }
  if (now.browser !== before.browser) lines.push(`the baseline is of ${before.browser}`);
  if (now.roofs && before.roofs) {
    const speed = now.roofs.gflops / before.roofs.gflops;
    if (speed < 0.9 || speed > 1.1) {
      lines.push(
        `the machine itself is ${speed.toFixed(2)}x as fast as at the baseline (fma roof)`,
      );
    }
  }
  return lines;
}
