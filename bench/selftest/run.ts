import { openHost } from '../host/browser.ts';
import { openDawn } from '../host/dawn.ts';
import type { Options } from '../options.ts';
import { progress } from '../progress.ts';
import { pageOptions } from '../session.ts';
import type { Verdict } from '../types.ts';

const TRIALS = 40;
/** How much more work the slower kernel does. */
const PLANTED = 0.15;
/** How often the bench must be right. */
const WANTED = 0.95;

/** Judges the bench by races whose outcome is known, and says how often it was right. */
export async function selftest(options: Options): Promise<number> {
  const name = 'selftest';
  const bar = progress([{ name, cost: 60 }]);
  const host = options.node
    ? await openDawn([], bar.tell)
    : await openHost({}, { ...pageOptions(options), expose: { tell: bar.tell } });
  try {
    bar.begin(name);
    const { equal, planted } = await host.selftest(options.quick ? 10 : TRIALS, PLANTED);
    bar.end();
    const rows: [string, Verdict, readonly Verdict[]][] = [
      ['equal kernels', 'unsure', equal],
      [`${100 * PLANTED} % more work`, 'slower', planted],
    ];
    const rates = rows.map(([what, right, verdicts]) => {
      const rate = verdicts.filter((verdict) => verdict === right).length / verdicts.length;
      const others = count(verdicts.filter((verdict) => verdict !== right));
      const percent = `${(100 * rate).toFixed(1)}% of ${verdicts.length}`;
      console.log(`${what}: '${right}' in ${percent}${others}, wanted ${100 * WANTED}%`);
      return rate;
    });
    return rates.every((rate) => rate >= WANTED) ? 0 : 1;
  } finally {
    await host.close();
  }
}

const count = (verdicts: readonly Verdict[]): string =>
  [...new Set(verdicts)]
    .map((verdict) => `, '${verdict}' ${verdicts.filter((v) => v === verdict).length} times`)
    .join('');
