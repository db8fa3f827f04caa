import { WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js';
import type { Kernel } from '../engine/kernel.ts';

/** A rule of the kernel files that a `.wgsl` file breaks. `message` begins with `file:line: `. */
export class WgslError extends Error {
  readonly file: string;
  readonly line: number;

  constructor(file: string, line: number, text: string) {
    super(`${shown(file)}:${line}: ${text}`);
    this.name = 'WgslError';
    this.file = file;
    this.line = line;
  }
}

const shown = (file: string) => (file.startsWith('shaders/') ? file : `shaders/${file}`);

/** The text with every comment turned into spaces, so that offsets and lines stay the same. */
export function withoutComments(code: string): string {
  return code.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, ' '));
}

/** The text with function bodies emptied: the parser knows less WGSL than drivers do. */
function withoutBodies(code: string): string {
  const bare = withoutComments(code);
  let out = '';
  let from = 0;
  for (const { index } of bare.matchAll(/\bfn\b/g)) {
    const open = bare.indexOf('{', index);
    if (open < from) continue;
    let depth = 0;
    let end = open;
    do {
      if (bare[end] === '{') depth++;
      if (bare[end] === '}') depth--;
      end++;
    } while (depth > 0 && end < bare.length);
    out += `${bare.slice(from, open)}{${bare.slice(open, end).replace(/[^\n]/g, '')}}`;
    from = end;
  }
  return out + bare.slice(from);
}

/** Line (from 1) of the first match of `pattern`; 1 where there is none. */
export function lineOf(code: string, pattern: RegExp): number {
  const at = withoutComments(code).search(pattern);
  return at < 0 ? 1 : code.slice(0, at).split('\n').length;
}

/** Line (from 1) on which the binding `name` is declared. */
export const bindingLine = (code: string, name: string) =>
  lineOf(code, new RegExp(`\\bvar\\s*<[^;]*>\\s*${name}\\s*:`));

/** Line (from 1) on which the field `name` of Params is declared. */
export function fieldLine(code: string, name: string): number {
  const bare = withoutComments(code);
  const start = bare.search(/\bstruct\s+Params\b/);
  const at = bare.slice(start).search(new RegExp(`\\b${name}\\s*:`));
  return code.slice(0, start + at).split('\n').length;
}

/**
 * Reads everything the engine needs to know about a kernel out of its WGSL.
 * @param file path below `shaders/`, such as `matmul/2_tiled.wgsl`
 * @throws WgslError with file and line where the text is not a kernel by the rules of `shaders/`
 */
export function reflect(code: string, file: string): Kernel {
  const fail = (line: number, text: string): never => {
    throw new WgslError(file, line, text);
  };
  const found = parse(code, fail);
  const overrides = readOverrides(code, fail);
  readEntry(found, code, fail);
  return {
    file,
    code,
    bindings: readBindings(found, code, fail),
    ...readParams(found, code, fail),
    overrides,
    workgroup: readWorkgroup(code, overrides, fail),
    features: readFeatures(code, fail),
    reals: readReals(code, fail),
    epilogue: readEpilogue(code, fail),
  };
}

type Fail = (line: number, text: string) => never;

function parse(code: string, fail: Fail): WgslReflect {
  const template = code.indexOf('${');
  if (template >= 0) {
    fail(code.slice(0, template).split('\n').length, "'${' found. A kernel file has no templates.");
  }
  try {
    return new WgslReflect(withoutBodies(code));
  } catch (error) {
    const text = (error as Error).message;
    const at = /\.*\s*Line:\s*(\d+)\s*$/.exec(text);
    return fail(at ? Number(at[1]) : 1, `does not parse: ${text.replace(at?.[0] ?? '', '')}.`);
  }
}

function readEntry(found: WgslReflect, code: string, fail: Fail): void {
  const { compute, vertex, fragment } = found.entry;
  const names = [...compute, ...vertex, ...fragment].map((f) => f.name);
  if (names.length === 1 && names[0] === 'main' && compute.length === 1) return;
  const extra = names.find((name) => name !== 'main');
  fail(
    extra ? lineOf(code, new RegExp(`\\bfn\\s+${extra}\\b`)) : 1,
    `one compute entry point 'main' expected, got ${names.length ? names.join(', ') : 'none'}.`,
  );
}

function readBindings(found: WgslReflect, code: string, fail: Fail): Kernel['bindings'] {
  const others = [...found.textures, ...found.samplers];
  for (const { name } of others)
    fail(bindingLine(code, name), `binding '${name}' is not a buffer.`);
  for (const { name, group } of [...found.storage, ...found.uniforms]) {
    if (group !== 0)
      fail(bindingLine(code, name), `binding '${name}' is in group ${group}, not 0.`);
  }
  const bindings = found.storage.map(({ name, binding, access, type }) => {
    if (access !== 'read' && access !== 'read_write') {
      fail(bindingLine(code, name), `binding '${name}' must say read or read_write.`);
    }
    const mode = access as 'read' | 'read_write';
    return { name, binding, access: mode, type: type.getTypeName().replace(/, 0>$/, '>') };
  });
  bindings.forEach(({ name, binding, access }, i) => {
    const line = bindingLine(code, name);
    if (binding !== i) fail(line, `binding '${name}' has number ${binding}, expected ${i}.`);
    if (access === 'read' && bindings[i - 1]?.access === 'read_write') {
      fail(line, `input '${name}' comes after an output. Inputs first, then outputs, then p.`);
    }
  });
  if (!bindings.some((b) => b.access === 'read_write'))
    fail(1, 'no read_write binding: no result.');
  return bindings;
}

function readParams(found: WgslReflect, code: string, fail: Fail) {
  const [uniform, second] = found.uniforms;
  if (second)
    fail(bindingLine(code, second.name), `second uniform '${second.name}'. Only p is one.`);
  if (!uniform) return fail(1, 'no uniform. Every kernel ends its bindings with p: Params.');
  const line = bindingLine(code, uniform.name);
  if (uniform.name !== 'p' || uniform.type.name !== 'Params') {
    fail(line, `the uniform is '${uniform.name}: ${uniform.type.name}', expected 'p: Params'.`);
  }
  const last = found.storage.length;
  if (uniform.binding !== last) {
    fail(line, `'p' has number ${uniform.binding}, expected ${last}: it comes last.`);
  }
  const params = (uniform.members ?? []).map(({ name, offset, type }) => {
    if (!['u32', 'i32', 'f32'].includes(type.name)) {
      fail(
        fieldLine(code, name),
        `Params field '${name}' is ${type.name}: u32, i32 or f32 expected.`,
      );
    }
    return { name, offset, type: type.name as 'u32' | 'i32' | 'f32' };
  });
  if (params.length > 64) fail(line, `Params has ${params.length} fields, at most 64.`);
  return { params, paramsBytes: Math.ceil(params.length / 4) * 16 };
}

function readOverrides(code: string, fail: Fail): Record<string, number> {
  const overrides: Record<string, number> = {};
  const bare = withoutComments(code);
  for (const { index, 1: rest } of bare.matchAll(/\boverride\b([^;]*);/g)) {
    const line = code.slice(0, index).split('\n').length;
    const [, name, type, value] =
      /^\s+(\w+)\s*:\s*(u32|i32|f32|bool)\s*=\s*(true|false|-?[\d.]+(?:e[-+]?\d+)?[uif]?)\s*$/.exec(
        rest,
      ) ?? fail(line, `'override${rest};' is not 'override NAME: type = number;'.`);
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) fail(line, `override '${name}' is not in capitals.`);
    overrides[name] = type === 'bool' ? Number(value === 'true') : Number.parseFloat(value);
  }
  return overrides;
}

function readWorkgroup(code: string, overrides: Record<string, number>, fail: Fail) {
  const bare = withoutComments(code);
  const pattern = /@workgroup_size\s*\(([^)]*)\)/;
  const line = lineOf(code, pattern);
  const entries = (pattern.exec(bare)?.[1] ?? fail(1, 'no @workgroup_size.'))
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean)
    .map((text) => {
      if (text in overrides) return text;
      const constant = new RegExp(`\\bconst\\s+${text}\\b[^=;]*=\\s*(\\d+)u?\\s*;`).exec(bare);
      const value = Number.parseInt(constant?.[1] ?? text, 10);
      return value > 0
        ? value
        : fail(line, `workgroup size '${text}' is no number and no override.`);
    });
  const size = entries.reduce<number>(
    (product, entry) => product * (typeof entry === 'number' ? entry : overrides[entry]),
    1,
  );
  if (size > 256) fail(line, `${size} invocations by default; every device has only 256.`);
  return [entries[0] ?? 1, entries[1] ?? 1, entries[2] ?? 1] as Kernel['workgroup'];
}

function readFeatures(code: string, fail: Fail): Kernel['features'] {
  const bare = withoutComments(code);
  return [...bare.matchAll(/\benable\s+([^;]*);/g)].flatMap(({ 1: names, index }) =>
    names.split(',').map((name) => {
      const feature = name.trim();
      if (feature === 'subgroups' || feature === 'f16') return feature;
      const line = code.slice(0, index).split('\n').length;
      return fail(line, `'enable ${feature};': subgroups or f16 expected.`);
    }),
  );
}

/** The bindings whose declared type is made of `real`. */
function readReals(code: string, fail: Fail): string[] {
  const bare = withoutComments(code);
  const found = [...bare.matchAll(/\bvar\s*<\s*storage[^>]*>\s*(\w+)\s*:[^;]*\breal\b[^;]*;/g)];
  const alias = /\balias\s+real\b[^;]*;/.exec(bare);
  if (alias && alias[0] !== 'alias real = f32;') {
    fail(lineOf(code, /\balias\s+real\b/), "'alias real = f32;' expected.");
  }
  if (alias && found.length === 0) {
    fail(lineOf(code, /\balias\s+real\b/), "no binding is made of 'real'.");
  }
  return found.map(([, name]) => name);
}

function readEpilogue(code: string, fail: Fail): Kernel['epilogue'] {
  const bare = withoutComments(code);
  const heads = [...bare.matchAll(/\bfn\s+epilogue\b/g)];
  if (heads.length === 0) return null;
  const lines = heads.map(({ index }) => code.slice(0, index).split('\n').length);
  if (heads.length > 1) fail(lines[1], 'a second epilogue. A kernel has one.');
  const exact = /\bfn epilogue\(v: (f32|vec4f), i: u32\) -> \1 \{ return v; \}/.exec(code);
  if (!exact) {
    fail(
      lines[0],
      "epilogue must read 'fn epilogue(v: f32, i: u32) -> f32 { return v; }' or vec4f.",
    );
  }
  if ([...bare.matchAll(/\bepilogue\s*\(/g)].length < 2) fail(lines[0], 'epilogue is not called.');
  return exact[1] as 'f32' | 'vec4f';
}
