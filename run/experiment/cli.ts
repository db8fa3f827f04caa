import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { command, type Described, EXIT, parse, refuseOptions, UsageError } from '../command.ts';
import { writeDurably } from '../folder.ts';
import { openRunPage } from '../host.ts';
import type { RunEvent } from '../jobs.ts';
import { keepShown } from '../keep.ts';
import { duration, remark } from '../progress.ts';
import { EXPERIMENTS, type ExperimentName } from './experiment.ts';
import { confirmed, reportOf } from './report.ts';

const DESCRIBED: Described = {
  name: 'experiment',
  usage: '<name> [options]',
  options: [['--out <folder>', 'where <name>.md and <name>.png go (default runs/experiment)']],
  sections: [
    {
      title: 'Experiments',
      body: Object.entries(EXPERIMENTS)
        .map(([name, about]) => `  ${name.padEnd(24)}${about}`)
        .join('\n'),
    },
  ],
};

await command('experiment', async () => {
  const parsed = parse(DESCRIBED);
  if (!parsed) return EXIT.ok;
  const { out = join('runs', 'experiment'), ...unknown } = parsed.options;
  refuseOptions(unknown);
  const name = nameOf(parsed.args);
  const folder = String(out);
  const started = performance.now();
  const page = await openRunPage((event) => {
    if ((event as RunEvent).kind === 'stage') {
      console.log(remark((event as RunEvent & { kind: 'stage' }).text));
    }
  });
  try {
    const findings = await page.run('experiment', { name });
    const report = reportOf(name, findings, `${name}.png`);
    mkdirSync(folder, { recursive: true });
    writeDurably(join(folder, `${name}.md`), report);
    const picture = keepShown(join(folder, name), findings.picture);
    console.log(report);
    console.log(remark(`${picture}, in ${duration((performance.now() - started) / 1000)}`));
    return confirmed(findings) ? EXIT.ok : EXIT.failed;
  } finally {
    await page.close();
  }
});

function nameOf([name, ...more]: readonly string[]): ExperimentName {
  if (name !== undefined && Object.hasOwn(EXPERIMENTS, name) && more.length === 0) {
    return name as ExperimentName;
  }
  const got = [name, ...more].join(' ');
  throw new UsageError(
    `expected one of ${Object.keys(EXPERIMENTS).join(', ')}, got '${got.trim()}'.`,
  );
}
