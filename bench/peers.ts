import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const folder = fileURLToPath(new URL('./peers', import.meta.url));
const lockfile = join(folder, 'package-lock.json');
const sources = {
  'jax-js': 'jaxjs/contestant.ts',
  tfjs: 'tfjs/contestant.ts',
  'ort-web': 'ort/contestant.ts',
} as const;

/** Packages whose versions stand in the header of a result. */
const packages = [
  '@jax-js/jax',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-webgpu',
  'onnxruntime-web',
];

/**
 * Installs the peers from their lockfile and bundles them where that is missing or out of date.
 * @param say called with a line for people before anything that takes time
 * @returns address of each peer's module on the server, by name
 */
export async function readyPeers(say: (line: string) => void): Promise<Record<string, string>> {
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (!isNewer(installed, [lockfile])) {
    say('installing the peers into bench/peers/node_modules (about 460 MB, once)');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
  const bundled = Object.keys(sources).map((name) => join(folder, 'dist', `${name}.js`));
  const inputs = [...sourceFiles(), installed];
  if (!bundled.every((file) => isNewer(file, inputs))) {
    say('bundling the peers into bench/peers/dist');
    await bundle();
  }
  return Object.fromEntries(
    Object.keys(sources).map((name) => [name, `/bench/peers/dist/${name}.js`]),
  );
}

/** Versions of the installed peers, by package. */
export function peerVersions(): Record<string, string> {
  const { packages: locked } = JSON.parse(readFileSync(lockfile, 'utf8'));
  return Object.fromEntries(
    packages.map((name) => [name, locked[`node_modules/${name}`].version as string]),
  );
}

/** Everything of ours that goes into the bundles. */
const sourceFiles = (): string[] =>
  ['jaxjs', 'tfjs', 'ort', '../problems', '../float64'].flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  );

const changed = (file: string) => statSync(file).mtimeMs;
const isNewer = (file: string, than: string[]) =>
  existsSync(file) && than.every((other) => changed(other) <= changed(file));

async function bundle(): Promise<void> {
  await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      lib: { entry: sources, formats: ['es'] },
      outDir: 'dist',
      target: 'es2022',
      minify: true,
      chunkSizeWarningLimit: 4096,
    },
  });
}
