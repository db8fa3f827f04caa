import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { isolation } from './tools/serve.ts';
import { idx } from './tools/idx.ts';
import { learn } from './tools/learn.ts';
import { formulas } from './tools/mathml.ts';
import { wgsl } from './tools/wgsl.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The pages of the studio. */
const pages = ['index', 'kernels', 'learn', 'compare', 'bench'];

/** No dot at the end of files without a suffix, such as MNIST's: not every host serves those. */
const output = { assetFileNames: 'assets/[name]-[hash][extname]' };

export default defineConfig({
  root: here('demo'),
  base: './',
  cacheDir: here('node_modules/.vite'),
  plugins: [wgsl(), idx(), formulas(), learn()],
  worker: { format: 'es', plugins: () => [wgsl()], rolldownOptions: { output } },
  server: { headers: isolation, fs: { allow: [here('.')] } },
  preview: { headers: isolation },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: pages.map((page) => here(`demo/${page}.html`)), output },
  },
});
