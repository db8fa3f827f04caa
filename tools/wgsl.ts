import { join, relative, sep } from 'node:path';
import type { Plugin } from 'vite';
import { checkContract } from './contract.ts';
import { splitFunctions } from './functions.ts';
import { reflect, WgslError } from './reflect.ts';
import { contracts, filesOf, isLibrary, readContract, readFunctions, SHADERS } from './shaders.ts';
import { writeTypes } from './types.ts';

export { checkContract, reflect, splitFunctions, WgslError };
export { contracts, filesOf, isLibrary, readContract, readFunctions, SHADERS };

/**
 * Vite plugin: a `.wgsl` import becomes the reflected kernel as a plain object, so the browser ships
 * no parser. A file that breaks its folder's contract fails build and dev server with file and line.
 */
export function wgsl(): Plugin {
  let building = false;
  return {
    name: 'eightfold:wgsl',
    enforce: 'pre',
    configResolved({ command }) {
      building = command === 'build';
    },
    buildStart() {
      if (!building) return; // a server checks what it serves
      try {
        for (const contract of contracts()) readContract(contract);
      } catch (error) {
        report(error, (log) => this.error(log));
      }
    },
    watchChange(id) {
      if (id.endsWith('.wgsl')) writeTypes();
    },
    load(id) {
      const path = id.split('?')[0];
      const file = relative(SHADERS, path).split(sep).join('/');
      if (!path.endsWith('.wgsl') || file.startsWith('..') || /[?&](raw|url)\b/.test(id)) return;
      const contract = file.split('/')[0];
      for (const sibling of filesOf(contract)) this.addWatchFile(join(SHADERS, sibling));
      try {
        const value = isLibrary(file)
          ? readFunctions(file)
          : readContract(contract).find((kernel) => kernel.file === file);
        return { code: `export default ${JSON.stringify(value)};`, map: null };
      } catch (error) {
        report(error, (log) => this.error(log));
      }
    },
  };
}

type Log = { message: string; id: string; loc: { file: string; line: number; column: number } };

function report(error: unknown, raise: (log: Log) => never): never {
  if (!(error instanceof WgslError)) throw error;
  const id = join(SHADERS, error.file);
  return raise({ message: error.message, id, loc: { file: id, line: error.line, column: 0 } });
}
