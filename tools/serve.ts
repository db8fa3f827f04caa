import { readFile } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer, type Plugin } from 'vite';

/** The repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Headers that isolate a page from other origins, which gives it a 5 µs clock. */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** `/@page/run/x.ts` is an empty page that loads the module `/run/x.ts`. */
function emptyPage(): Plugin {
  return {
    name: 'eightfold:page',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const module = /^\/@page(\/[^?]*)/.exec(request.url ?? '')?.[1];
        if (!module) return next();
        for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
        response.setHeader('Content-Type', 'text/html');
        const source = encodeURI(decodeURI(module));
        response.end(
          '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">' +
            `<script type="module" src="${source}"></script>`,
        );
      });
    },
  };
}

/**
 * What is built already goes out as it is: Vite would rewrite an `import()` of a variable in it and
 * load its own client for that.
 */
function asBuilt(folder: string): Plugin {
  return {
    name: 'eightfold:built',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = new URL(request.url ?? '', 'http://server').pathname;
        if (!file.startsWith(`/${folder}/`) || !file.endsWith('.js')) return next();
        readFile(`${ROOT}${file}`, (error, text) => {
          if (error) return next();
          for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
          response.setHeader('Content-Type', 'text/javascript');
          response.end(text);
        });
      });
    },
  };
}

/** Where a server listens. */
export interface ServeOptions {
  /** Address to listen on. Default: this machine alone. */
  host?: string;
  /** Default: a free port. */
  port?: number;
  /** Names under which browsers may ask for it, beside addresses and localhost. */
  allowedHosts?: string[];
}

/** A running server. */
export interface Served {
  /** Its address, without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** Serves the whole repository, for headless pages: no reloads, no watching. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const { host = '127.0.0.1', port = 0, allowedHosts = [] } = options;
  const server = await createServer({
    root: ROOT,
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    logLevel: 'error',
    clearScreen: false,
    appType: 'mpa',
    plugins: [emptyPage(), asBuilt('bench/peers/dist')],
    optimizeDeps: { noDiscovery: true, include: [] },
    server: {
      ...{ host, port, strictPort: port > 0, allowedHosts, headers: isolation },
      ...{ hmr: false, watch: null, ws: false },
    },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('internal: the server has no port.');
  const name = /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host;
  return { url: `http://${name}:${address.port}`, close: () => server.close() };
}
