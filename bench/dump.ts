import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shader } from './types.ts';

/** Flag that makes Chromium tell what its driver is given. */
export const DUMP_FLAG = '--enable-dawn-features=dump_shaders';

/** What Dawn tells of one shader: the WGSL, and SPIR-V, HLSL or MSL. */
interface Dumped {
  wgsl: string;
  native: string;
}

/** Collects what `dump_shaders` writes to the console: WGSL, then the driver's language. */
export function dumpListener() {
  const dumped: Dumped[] = [];
  const onConsole = (type: string, text: string) => {
    const [, wgsl] = /^\/\/ Dumped WGSL:\n([\s\S]*)$/.exec(text) ?? [];
    const native = /^\/\* Dumped (?:generated )?\w+[^*]*\*\/\n([\s\S]*)$/.exec(text);
    if (wgsl !== undefined) dumped.push({ wgsl: wgsl.trim(), native: '' });
    else if (native) (dumped.at(-1) ?? { native: '' }).native = native[1];
    else if (type === 'error') console.error(text);
  };
  return { onConsole, take: () => dumped.splice(0) };
}

const fileName = (text: string) =>
  text
    .replace(/[^\w.-]+/g, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 100);

/**
 * Writes what one case dispatched: `<folder>/<case>/<contestant>/<n> <label>.wgsl`, in order and each
 * text once, and beside it what the driver was given, where Chromium told.
 * @returns the number of files
 */
export function writeDump(
  folder: string,
  name: string,
  shaders: Readonly<Record<string, Shader[]>>,
  dumped: readonly Dumped[],
): number {
  let files = 0;
  const write = (path: string, text: string) => {
    writeFileSync(path, text);
    files++;
  };
  for (const [contestant, own] of Object.entries(shaders)) {
    const where = join(folder, fileName(name), fileName(contestant));
    mkdirSync(where, { recursive: true });
    const distinct = new Map(own.map((s) => [s.code + JSON.stringify(s.constants), s]));
    [...distinct.values()].forEach(({ label, code, constants, groups }, i) => {
      const path = join(where, `${String(i + 1).padStart(2, '0')}_${fileName(label)}`);
      const said = `// ${label}: workgroups ${groups ?? 'from a buffer'}, overrides ${JSON.stringify(constants)}\n`;
      write(`${path}.wgsl`, said + code);
      const natives = dumped.filter(({ wgsl, native }) => native && wgsl === code.trim());
      natives.forEach(({ native }, n) => {
        write(`${path}${n ? `.${n + 1}` : ''}.spvasm`, native);
      });
    });
  }
  return files;
}
