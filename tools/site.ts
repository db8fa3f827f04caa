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
/** How folders begin that are being made, and files in those that are served: the process follows. */
const [FRESH, SERVED] = ['new-', 'served-'];
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
  const mark = join(folder, `${SERVED}${process.pid}`);
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
  const fresh = mkdtempSync(join(SITES, `${FRESH}${process.pid}-`));
  await build({ logLevel: 'silent', ...config(fresh) });
  if (existsSync(folder)) {
    rmSync(fresh, { recursive: true }); // another process was sooner
    return folder;
  }
  renameSync(fresh, folder);
  for (const name of readdirSync(SITES).filter((other) => join(SITES, other) !== folder)) {
    const old = join(SITES, name);
    if (isOf(site, name) && !usersOf(old).some(alive))
      rmSync(old, { recursive: true, force: true });
  }
  return folder;
}

/** Whether a folder is a build of a site, or one that was not finished. */
const isOf = (site: Site, name: string) => name.startsWith(`${site}-`) || name.startsWith(FRESH);

/** The processes that serve a build, or make it. */
function usersOf(folder: string): number[] {
  const names = [basename(folder), ...readdirSync(folder)];
  return names.flatMap((name) =>
    [FRESH, SERVED]
      .filter((mark) => name.startsWith(mark))
      .map((mark) => parseInt(name.slice(mark.length), 10)),
  );
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
