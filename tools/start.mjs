// `npm start`: installs what is missing and serves the studio. Arguments go to vite (--port N).

import { spawn } from 'node:child_process';
import { argv, install, root, run } from './setup.mjs';

install();
if (run('tools/browser.ts') !== 0) {
  console.log('studio: open the address in a browser with WebGPU.');
}
if (run('tools/types.ts') !== 0) {
  console.log('studio: a kernel is broken (above); pages that use it will say so.');
}
console.log('studio: starting, the address follows ...');
const vite = spawn(process.execPath, [...argv('vite'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vite.kill(signal));
vite.on('exit', (code) => process.exit(code ?? 0));
