import { defineConfig } from 'vitest/config';
import { puppeteerProvider } from './tools/provider.ts';
import { idx } from './tools/idx.ts';
import { isolation } from './tools/serve.ts';
import { wgsl } from './tools/wgsl.ts';

const inNode = 'test/**/*.node.test.ts';
/** What wants a page and not only a GPU. */
const inPage = [
  ...['test/data.test.ts', 'test/errors.files.test.ts'],
  ...['test/recovery.test.ts', 'test/run.shown.test.ts'],
];

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [wgsl()],
        test: {
          name: 'node',
          include: [inNode],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [wgsl(), idx()],
        server: { headers: isolation },
        optimizeDeps: { include: ['idb'] }, // found while tests run, it would reload their page
        test: {
          name: 'browser',
          include: ['test/**/*.test.ts'],
          exclude: [inNode],
          setupFiles: ['test/browser/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 }, // timings in the browser want the machine to themselves
          isolate: false,
          fileParallelism: false,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: puppeteerProvider(),
            instances: [{ browser: 'chrome' }],
          },
        },
      },
      {
        plugins: [wgsl(), idx()],
        test: {
          name: 'dawn',
          include: ['test/**/*.test.ts'],
          exclude: [inNode, ...inPage],
          setupFiles: ['test/dawn/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          pool: 'forks', // Dawn can't be loaded in a worker thread; a process of its own for each file
          fileParallelism: false,
        },
      },
    ],
  },
});
