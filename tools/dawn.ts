import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('./dawn', import.meta.url));

interface Dawn {
  create(options: string[]): GPU;
  globals: Record<string, unknown>;
}

/** Dawn's module, installed from its lockfile (about 130 MB) on first use. */
async function loadDawn(): Promise<Dawn> {
  const main = join(folder, 'node_modules/webgpu/index.js');
  if (!existsSync(main)) {
    process.stderr.write('dawn: installing WebGPU for Node into tools/dawn (about 130 MB, once)\n');
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: ['ignore', 2, 2] });
  }
  return import(/* @vite-ignore */ pathToFileURL(main).href);
}

/**
 * Gives this Node process `navigator.gpu` and WebGPU's globals, by Dawn on the system's driver:
 * Vulkan on Linux, Metal, or Direct3D.
 * @param features Dawn's toggles, such as `disable_robustness`
 * @returns the adapter that a page would get
 * @throws Error when no driver is there
 */
export async function useDawn(features: readonly string[] = []): Promise<GPUAdapter> {
  const { create, globals } = await loadDawn();
  Object.assign(globalThis, globals);
  const gpu = create(features.length ? [`enable-dawn-features=${features.join(',')}`] : []);
  const navigator = { ...globalThis.navigator, gpu };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (adapter) return adapter;
  throw new Error(
    'dawn: no WebGPU adapter: this machine has no driver for it. On Debian 12 Mesa offers one that ' +
      'runs on the CPU: apt-get install -t bookworm-backports mesa-vulkan-drivers.',
  );
}
