import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE } from './fetch.ts';

/**
 * Unpacks a Debian package, as apt's sources have it, without installing it; its folder. Throws,
 * saying what else can be done, where there is no apt.
 */
export function unpackDebian(name: string, otherwise: string): string {
  const folder = join(CACHE, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    console.log(`fetching ${name} with apt-get`);
    execFileSync('apt-get', ['download', '-q', name], { cwd: folder, stdio: 'pipe' });
    const archive = readdirSync(folder).find((file) => file.endsWith('.deb')) as string;
    execFileSync('dpkg-deb', ['-x', archive, '.'], { cwd: folder });
    return folder;
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0];
    throw new Error(`data: ${name}: expected a package from apt-get, got: ${reason}. ${otherwise}`);
  }
}
