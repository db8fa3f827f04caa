import { useDawn } from '../../tools/dawn.ts';
import { moduleServer } from '../../tools/modules.ts';
import type { Request } from '../run.ts';
import type { Contestant } from '../types.ts';

// A process of its own for each thing asked: what one does to the driver, the next does not inherit.

/** What the bench asks of Dawn: one case, what the adapter is, what it can do, or the self-test. */
export type Asked = { readonly features: readonly string[] } & (
  | { readonly kind: 'run'; readonly request: Request; readonly modules: readonly string[] }
  | { readonly kind: 'describe' | 'calibrate' }
  | {
      readonly kind: 'selftest';
      readonly trials: number;
      readonly planted: number;
      readonly quantumMs: number;
    }
);

const now = () => performance.now();
const tell = (fraction: number, note: string) => void process.send?.({ fraction, note });

async function answer(asked: Asked): Promise<unknown> {
  const adapter = await useDawn(asked.features);
  const server = await moduleServer();
  const load = <T>(path: string) => server.ssrLoadModule(path) as Promise<T>;
  switch (asked.kind) {
    case 'run': {
      const { runCase } = await load<typeof import('../run.ts')>('/bench/run.ts');
      const contestants: Contestant[] = [];
      for (const module of asked.modules) {
        contestants.push((await load<{ contestant: Contestant }>(module)).contestant);
      }
      return runCase(asked.request, { contestants, now, tell });
    }
    case 'describe': {
      const { describeAdapter } = await load<typeof import('../adapter.ts')>('/bench/adapter.ts');
      const { detectClocks } = await load<typeof import('../clock.ts')>('/bench/clock.ts');
      return { ...describeAdapter(adapter), clocks: await detectClocks() };
    }
    case 'calibrate': {
      const file = '/bench/roofs/calibrate.ts';
      return (await load<typeof import('../roofs/calibrate.ts')>(file)).calibrateRoofs(adapter);
    }
    case 'selftest': {
      const { trials, planted, quantumMs } = asked;
      const file = '/bench/selftest/trials.ts';
      const { runTrials } = await load<typeof import('../selftest/trials.ts')>(file);
      return runTrials(adapter, trials, planted, now, quantumMs, tell);
    }
  }
}

/** Dawn keeps a process alive: it ends once its answer is on the way. */
const reply = (told: object) => process.send?.(told, undefined, undefined, () => process.exit());

process.once('message', (asked: Asked) => {
  answer(asked).then(
    (result) => reply({ result }),
    (error: Error) => reply({ failed: error.message }),
  );
});
