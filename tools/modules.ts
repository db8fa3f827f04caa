import { createServer, type ViteDevServer } from 'vite';
import { ROOT } from './serve.ts';
import { wgsl } from './wgsl.ts';

/**
 * A server that loads the repository's modules into Node, `.wgsl` imports included, by
 * `ssrLoadModule('/engine/index.ts')`. Close it when done.
 */
export const moduleServer = (): Promise<ViteDevServer> =>
  createServer({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    plugins: [wgsl()],
    optimizeDeps: { noDiscovery: true, include: [] },
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
  });
