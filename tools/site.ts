import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { build, type InlineConfig, type Plugin, preview } from 'vite';
import { isolation, ROOT, type Served, type ServeOptions } from './serve.ts';
import { wgsl } from './wgsl.ts';

const SITES = join(ROOT, '.cache/site');
/** `new-12-x` is a folder that process 12 is making; `served-12-run-3` says that it serves `run-3`. */
const USE = /^(?:new|served)-(\d+)-(.+)$/;
const configFile = join(ROOT, 'vite.config.ts');

/** What is built of which folders: the pages of the studio, and the page that works for commands. */
const sites = {
  demo: {
    sources: ['bench', 'demo', 'docs', 'engine', 'models', 'run', 'shaders', 'tools'],
    config: (folder) => ({ configFile, build: { outDir: join(folder, 'demo') } }),
  },
  run: {
    sources: ['engine', 'models', 'run', 'shaders', 'tools'],
    config: (folder) => ({
      configFile: false,
      root: ROOT,
      plugins: [wgsl()],
      build: {
        outDir: folder,
        target: 'es2022',
        minify: false, // for traces
        rolldownOptions: { input: join(ROOT, 'run/page.html') },
      },
    }),
  },
} satisfies Record<string, { sources: string[]; config: (folder: string) => InlineConfig }>;

/** What can be built. */
export type Site = keyof typeof sites;

/** Pages as they are built, `/demo/index.html` or `/run/page.html`: they open in a third of the time. */
export async function serveSite(
  site: Site,
  { host = '127.0.0.1', port = 0 }: ServeOptions = {},
): Promise<Served> {
  const folder = await built(site);
  const mark = join(SITES, `served-${process.pid}-${basename(folder)}`);
  writeFileSync(mark, '');
  const server = await preview({
    configFile: false,
    root: folder,
    logLevel: 'silent',
    appType: 'mpa',
    plugins: [fetchedData()],
    build: { outDir: '.' },
    preview: { host, port, strictPort: port > 0, allowedHosts: true, headers: isolation },
  });
  const [url] = server.resolvedUrls?.local ?? [];
  const close = () => {
    rmSync(mark, { force: true });
    return server.close();
  };
  return { url: url.replace(/\/$/, ''), close };
}

/** Sets of `npm run data`, which are in no build. */
function fetchedData(): Plugin {
  return {
    name: 'eightfold:data',
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /^\/\.cache\/data\/\w+\.bin$/.exec(request.url ?? '')?.[0];
        if (!name || !existsSync(join(ROOT, name))) return next();
        createReadStream(join(ROOT, name)).pipe(response);
      });
    },
  };
}

/** The folder with built pages; built anew when a source has changed. */
async function built(site: Site): Promise<string> {
  const { sources, config } = sites[site];
  const folder = join(SITES, `${site}-${newest(sources)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(SITES, { recursive: true });
  const fresh = mkdtempSync(join(SITES, `new-${process.pid}-`));
  await build({ logLevel: 'silent', ...config(fresh) });
  if (existsSync(folder)) {
    rmSync(fresh, { recursive: true }); // another process was sooner
    return folder;
  }
  renameSync(fresh, folder);
  clear(site, basename(folder));
  return folder;
}

/** Removes builds of a site but for the newest and those that are served, and what processes that ended have left. */
function clear(site: Site, newest: string): void {
  const names = readdirSync(SITES);
  const uses = names.flatMap((name) => {
    const [, pid, folder] = USE.exec(name) ?? [];
    return folder ? [{ name, folder, goesOn: alive(Number(pid)) }] : [];
  });
  const left = uses.filter(({ goesOn }) => !goesOn).map(({ name }) => name);
  const needed = [newest, ...uses.filter(({ goesOn }) => goesOn).map(({ folder }) => folder)];
  const old = names.filter((name) => name.startsWith(`${site}-`) && !needed.includes(name));
  for (const name of [...left, ...old]) rmSync(join(SITES, name), { recursive: true, force: true });
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a source was changed last, ms. */
const newest = (sources: readonly string[]): number =>
  Math.floor(
    [...sources, 'package-lock.json', 'vite.config.ts']
      .map((name) => changed(join(ROOT, name)))
      .reduce(later),
  );

const later = (a: number, b: number) => Math.max(a, b);

function changed(path: string): number {
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = readdirSync(path).filter((name) => name !== 'node_modules');
  return inside.map((name) => changed(join(path, name))).reduce(later, found.mtimeMs);
}
