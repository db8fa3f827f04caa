import { existsSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import puppeteer, { type Browser, type ConsoleMessage, type Page } from 'puppeteer';
import { findBrowser } from './find.ts';
import { serve, type ServeOptions } from './serve.ts';
import type { Site } from './site.ts';

export { findBrowser, serve };

/** Which WebGPU adapter a browser was started for. */
export type AdapterKind = 'software' | 'hardware';

export interface LaunchOptions {
  /** More command line flags for Chromium. */
  args?: string[];
  /** Default puppeteer flags to leave out. */
  ignoreDefaultArgs?: string[];
  /** Overrides the environment variable EIGHTFOLD_ADAPTER. Default `auto`. */
  adapter?: AdapterKind | 'auto';
  headless?: boolean;
  /** Whether Ctrl-C closes the browser and ends this process. Default true. */
  handleSIGINT?: boolean;
  /** Milliseconds that one DevTools call may take; 0 (default) sets no limit. */
  protocolTimeout?: number;
}

const common = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--enable-unsafe-webgpu',
];
const software = ['--use-webgpu-adapter=swiftshader'];
const hardware = platform() === 'linux' ? ['--enable-features=Vulkan', '--use-angle=vulkan'] : [];

/**
 * Starts a headless Chromium with WebGPU: the one launcher of tests, training and benchmarks.
 * EIGHTFOLD_ADAPTER chooses `software`, `hardware` or `auto`: hardware where there is a GPU whose
 * adapter opens, software elsewhere.
 * @throws Error when no browser is found, or `hardware` was asked for and none opens
 */
export async function launch(options: LaunchOptions = {}): Promise<Browser> {
  const wanted = options.adapter ?? adapterWanted();
  if (wanted === 'software' || (wanted === 'auto' && !gpuPresent())) {
    return start(software, options);
  }
  const browser = await start(hardware, options);
  if (await opensAdapter(browser)) return browser;
  await browser.close();
  if (wanted === 'hardware') {
    throw new Error('browser: no hardware WebGPU adapter opened. Set EIGHTFOLD_ADAPTER=software.');
  }
  return start(software, options);
}

function adapterWanted(): AdapterKind | 'auto' {
  const value = process.env.EIGHTFOLD_ADAPTER ?? 'auto';
  if (value === 'software' || value === 'hardware' || value === 'auto') return value;
  throw new Error(
    `EIGHTFOLD_ADAPTER: software, hardware or auto expected (or dawn, for train, sample and the like), got '${value}'.`,
  );
}

const gpuPresent = () =>
  platform() !== 'linux' ||
  ['/dev/dri', '/dev/nvidia0', '/dev/dxg'].some((path) => existsSync(path));

async function start(adapterArgs: string[], options: LaunchOptions): Promise<Browser> {
  const { args = [], headless = true, handleSIGINT, protocolTimeout = 0 } = options;
  const { ignoreDefaultArgs } = options;
  const run = (more: string[]) =>
    puppeteer.launch({
      executablePath: findBrowserOrThrow(),
      headless,
      pipe: true, // the browser ends with this process, even when that is killed
      handleSIGINT: handleSIGINT ?? true,
      protocolTimeout,
      args: [...common, ...adapterArgs, ...args, ...more],
      ...(ignoreDefaultArgs && { ignoreDefaultArgs }),
    });
  if (process.getuid?.() === 0) return run(['--no-sandbox']);
  try {
    return await run([]);
  } catch (error) {
    if (!/sandbox/i.test((error as Error).message)) throw error;
    return run(['--no-sandbox']); // the kernel forbids Chromium's sandbox; only our own pages open
  }
}

function findBrowserOrThrow(): string {
  const path = findBrowser();
  if (path) return path;
  throw new Error(
    'browser: no Chromium or Chrome found. Run `npx puppeteer browsers install chrome`, ' +
      'or set PUPPETEER_EXECUTABLE_PATH.',
  );
}

/** Whether a page of this browser gets a GPU's adapter. WebGPU needs a secure page: a local server. */
async function opensAdapter(browser: Browser): Promise<boolean> {
  const server = createHttp((_, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html>');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const page = await browser.newPage();
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const opens = page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      return !!adapter && !adapter.info.isFallbackAdapter;
    });
    const late = new Promise<false>((resolve) => setTimeout(resolve, 30_000, false).unref());
    return await Promise.race([opens, late]);
  } finally {
    await page.close();
    server.close();
  }
}

/** A browser that runs already, and how it finds our server. */
export interface RemoteOptions {
  /** `ws://…` of a browser's DevTools, of browserless or of Selenium Grid, or `http://host:port`. */
  browserUrl?: string;
  /** Where the server listens. */
  serve?: ServeOptions;
  /** Address of the server as the browser sees it, where that is another. */
  pageUrl?: string;
}

/**
 * Connects to a running Chrome.
 * @throws Error when nobody answers
 */
export async function connect(url: string, protocolTimeout = 0): Promise<Browser> {
  const where = /^wss?:/.test(url) ? { browserWSEndpoint: url } : { browserURL: url };
  try {
    return await puppeteer.connect({ ...where, protocolTimeout, defaultViewport: null });
  } catch (error) {
    const reason = (error as Error).message || String((error as ErrorEvent).error ?? error);
    throw new Error(
      `browser: no Chrome answers at ${url} (${reason}). Start it with --remote-debugging-port=9222 ` +
        'and give http://host:9222, or the ws:// address of a grid.',
    );
  }
}

export interface PageOptions extends LaunchOptions, RemoteOptions {
  /** Pages as they are built, which open sooner, instead of their sources. */
  built?: Site;
  /** Called with each console line of the page and its workers. Errors go to stderr by default. */
  onConsole?: (type: string, text: string) => void;
  /** Called with each uncaught error of the page. Prints to stderr by default. */
  onError?: (error: Error) => void;
  /** Functions of this process that the page finds on `globalThis`; their results are awaited. */
  // biome-ignore lint/suspicious/noExplicitAny: any function whose arguments are JSON
  expose?: Record<string, (...args: any[]) => unknown>;
}

export interface Opened {
  page: Page;
  browser: Browser;
  /** Address of the server, without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the repository, starts a browser, or connects to one, and opens a page of it.
 * @param path an HTML file (`demo/index.html`) or a module (`run/page.ts`, in an empty page),
 *   relative to the repository, with its query
 */
export async function openPage(path: string, options: PageOptions = {}): Promise<Opened> {
  const { browserUrl, pageUrl } = options;
  const allowedHosts = pageUrl ? [new URL(pageUrl).hostname] : [];
  const server = options.built
    ? await (await import('./site.ts')).serveSite(options.built, options.serve)
    : await serve({ ...options.serve, allowedHosts });
  const url = pageUrl?.replace(/\/$/, '') ?? server.url;
  let browser: Browser | undefined;
  let page: Page | undefined;
  const close = async () => {
    if (browserUrl) {
      await page?.close().catch(() => undefined); // its browser may be gone
      await browser?.disconnect();
    } else {
      await browser?.close();
    }
    await server.close();
  };
  try {
    browser = browserUrl ? await connect(browserUrl) : await launch(options);
    page = await browser.newPage();
    listen(page, options);
    for (const [name, run] of Object.entries(options.expose ?? {})) {
      await page.exposeFunction(name, run);
    }
    await page.goto(url + addressOf(path), { timeout: browserUrl ? 30_000 : 0 });
    return { page, browser, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const addressOf = (path: string) =>
  /\.m?[jt]s(\?|$)/.test(path) ? `/@page/${path}` : `/${path.replace(/^\//, '')}`;

function listen(page: Page, { onConsole, onError }: PageOptions): void {
  const print = (type: string, text: string) => {
    if (type === 'error') console.error(text);
  };
  page.on('console', (message: ConsoleMessage) =>
    (onConsole ?? print)(message.type(), message.text()),
  );
  page.on('pageerror', (error) => {
    const thrown = error instanceof Error ? error : new Error(String(error));
    (onError ?? ((e: Error) => console.error(e.stack)))(thrown);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ensureBrowser } = await import('./find.ts');
  process.exitCode = ensureBrowser() ? 0 : 1;
}
