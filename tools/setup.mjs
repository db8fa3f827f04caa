// What `npm start` and `npm test` do first on a bare clone. Node's own modules only: nothing is
// installed yet.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs the dependencies where node_modules is not what the lockfile says. */
export function install() {
  if (installed()) return;
  console.log('dependencies: installing with npm ci ...');
  const npm = process.env.npm_execpath;
  const ci = ['ci', '--ignore-scripts']; // no package needs its install script
  const [command, args] = npm ? [process.execPath, [npm, ...ci]] : ['npm', ci];
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: !npm && process.platform === 'win32',
  });
  if (status === 0) return;
  console.error('dependencies: npm ci failed. See its messages above.');
  process.exit(1);
}

/** Whether each locked package is there in its locked version. */
function installed() {
  const there = packages('node_modules/.package-lock.json');
  const wanted = packages('package-lock.json');
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    return path === '' || (there[path] ? there[path].version === version : optional);
  });
}

function packages(path) {
  if (!existsSync(root + path)) return {};
  return JSON.parse(readFileSync(root + path, 'utf8')).packages;
}

/** Runs a tool of node_modules, or one of our TypeScript files, to its end. Returns its exit code. */
export function run(tool, ...args) {
  const { status } = spawnSync(process.execPath, [...argv(tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status ?? 1;
}

/** Arguments of `node` that start a tool. */
export function argv(tool) {
  const scripts = {
    biome: '@biomejs/biome/bin/biome',
    tsc: 'typescript/bin/tsc',
    vite: 'vite/bin/vite.js',
    vitest: 'vitest/vitest.mjs',
  };
  if (tool.endsWith('.ts')) return ['--import', 'tsx', tool];
  return [`node_modules/${scripts[tool]}`];
}
