import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { build, preview } from 'vite';
import { isolation, ROOT, type Served, type ServeOptions } from './serve.ts';

/** What the pages are made of. */
const SOURCES = ['bench', 'demo', 'docs', 'engine', 'models', 'run', 'shaders', 'tools'];
const SITES = join(ROOT, '.cache/site');
const configFile = join(ROOT, 'vite.config.ts');

/** The pages of the studio as `npm run build` makes them, at the addresses that `serve` gives them. */
export async function serveSite({
  host = '127.0.0.1',
  port = 0,
}: ServeOptions = {}): Promise<Served> {
  const server = await preview({
    configFile: false,
    root: await builtSite(),
    logLevel: 'silent',
    appType: 'mpa',
    build: { outDir: '.' },
    preview: { host, port, strictPort: port > 0, allowedHosts: true, headers: isolation },
  });
  const [url] = server.resolvedUrls?.local ?? [];
  return { url: url.replace(/\/$/, ''), close: () => server.close() };
}

/** The folder with the built pages; built anew when a source has changed. */
async function builtSite(): Promise<string> {
  const folder = join(SITES, String(newest()));
  if (existsSync(folder)) return folder;
  mkdirSync(SITES, { recursive: true });
  const fresh = mkdtempSync(join(SITES, 'new-'));
  await build({ configFile, logLevel: 'silent', build: { outDir: join(fresh, 'demo') } });
  if (existsSync(folder)) {
    rmSync(fresh, { recursive: true }); // another process was sooner
    return folder;
  }
  for (const old of readdirSync(SITES).filter((name) => !name.startsWith('new-'))) {
    rmSync(join(SITES, old), { recursive: true });
  }
  renameSync(fresh, folder);
  return folder;
}

/** When a source was changed last, ms. */
const newest = (): number =>
  Math.floor(
    [...SOURCES.map((name) => changed(join(ROOT, name))), changed(configFile)].reduce(later),
  );

const later = (a: number, b: number) => Math.max(a, b);

function changed(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = readdirSync(path).filter((name) => name !== 'node_modules');
  return inside.map((name) => changed(join(path, name))).reduce(later, found.mtimeMs);
}
