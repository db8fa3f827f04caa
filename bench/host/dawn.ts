import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Result } from '../run.ts';
import type { Trials } from '../selftest/trials.ts';
import type { Header, Roofs } from '../types.ts';
import type { Asked } from './dawn_process.ts';
import type { Host } from './host.ts';

const child = fileURLToPath(new URL('./dawn_process.ts', import.meta.url));
const dawn = new URL('../../tools/dawn/package.json', import.meta.url);

type Tell = ((fraction: number, note: string) => void) | undefined;
type Told = { fraction: number; note: string } | { result: unknown } | { failed: string };
type Described = Pick<Header, 'adapter' | 'features' | 'limits' | 'clocks'>;

/** Asks a process of its own. Rejects with its error, or when it ends without an answer. */
function ask<T>(asked: Asked, tell: Tell): Promise<T> {
  return new Promise((resolve, reject) => {
    const process = fork(child, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 2, 2, 'ipc'], // stdout is for the report
    });
    process.on('message', (told: Told) => {
      if ('result' in told) resolve(told.result as T);
      else if ('failed' in told) reject(new Error(told.failed));
      else tell?.(told.fraction, told.note);
    });
    process.on('error', reject);
    process.on('exit', (code, signal) => {
      reject(new Error(`dawn: the driver took the process with it (${signal ?? code}).`));
    });
    process.send(asked);
  });
}

/**
 * Node with Dawn on the system's driver; the peers of others want a page.
 * @param modules paths of the contestants' modules, which export `contestant`
 * @param features Dawn's toggles
 */
export async function openDawn(
  modules: readonly string[],
  tell: Tell,
  features: readonly string[] = [],
): Promise<Host> {
  const described = await ask<Described>({ kind: 'describe', features }, tell);
  const { dependencies } = JSON.parse(readFileSync(dawn, 'utf8'));
  const quantumMs = described.clocks.now_us / 1000;
  return {
    run({ name, problem }, asked) {
      const request = { ...asked, case: name, problem, absent: {}, quantumMs };
      return ask<Result>({ kind: 'run', request, modules, features }, tell);
    },
    describe: async () => ({
      ...described,
      browser: `Node ${process.version}, Dawn of webgpu ${dependencies.webgpu}`,
      flags: [...features],
    }),
    calibrate: () => ask<Roofs>({ kind: 'calibrate', features }, tell),
    selftest: (trials, planted) =>
      ask<Trials>({ kind: 'selftest', trials, planted, quantumMs, features }, tell),
    close: async () => {},
  };
}
