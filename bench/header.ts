import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import type { Host } from './host/host.ts';
import { peerVersions } from './peers.ts';
import type { Header, Roofs } from './types.ts';

/** One-minute load average. */
export const load = (): number => Number(loadavg()[0].toFixed(2));

/** The commit that is checked out, `+changes` where the working tree differs in what is measured. */
export function commit(): string {
  try {
    const run = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const changed = run('status', '--porcelain', 'engine', 'shaders', 'bench') ? '+changes' : '';
    return run('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown';
  }
}

/** The circumstances of a run that begins now. */
export async function describe(
  host: Host,
  withPeers: boolean,
  roofs: Roofs | null,
): Promise<Header> {
  const file = new URL('../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return {
    date: new Date().toISOString(),
    ...(await host.describe()),
    args: process.argv.slice(2),
    versions: { eightfold: version, ...(withPeers ? peerVersions() : {}) },
    commit: commit(),
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`,
    load: [load(), 0],
    roofs,
  };
}
