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
 * Serves the whole repository on a free local port, for headless pages: no reloads, no watching.
 * @returns the address without a slash at the end, and `close`
 */
export async function serve(): Promise<{ url: string; close(): Promise<void> }> {
  const server = await createServer({
    root: ROOT,
    configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)),
    logLevel: 'error',
    clearScreen: false,
    appType: 'mpa',
    plugins: [emptyPage()],
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { host: '127.0.0.1', port: 0, hmr: false, watch: null, ws: false, headers: isolation },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error('internal: the server has no port.');
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}
