import type { Kernel } from '../engine/kernel.ts';
import { bindingLine, fieldLine, lineOf, WgslError } from './reflect.ts';

/** Scalar type that a binding's elements are made of: `array<vec4f>` and `array<f32>` agree. */
function scalar(type: string): string {
  const found = /(f32|i32|u32|f16)\b|vec[234]([fiuh])/.exec(type.replace('atomic<', ''));
  const short = { f: 'f32', i: 'i32', u: 'u32', h: 'f16' } as Record<string, string>;
  return found ? (found[1] ?? short[found[2]]) : type;
}

/**
 * Checks that all variants of a folder keep one contract: the same bindings, the same Params, an
 * epilogue in all or none. The variant with the lowest number is the one the others must equal.
 * @param kernels all variants of one folder, in any order
 * @throws WgslError naming file and line of the first thing that differs
 */
export function checkContract(kernels: readonly Kernel[]): void {
  const sorted = [...kernels].sort((a, b) => order(a) - order(b));
  const first = sorted[0];
  if (!first) return;
  if (order(first) !== 1) throw new WgslError(first.file, 1, 'the folder has no variant 1_.');
  sorted.forEach((kernel, i) => {
    checkHeader(kernel);
    const twin = sorted[i - 1];
    if (twin && order(twin) === order(kernel)) {
      throw new WgslError(kernel.file, 1, `number ${order(kernel)} is taken by ${twin.file}.`);
    }
    if (kernel !== first) compare(kernel, first);
  });
}

const order = (kernel: Kernel) => Number.parseInt(kernel.file.split('/').at(-1)!, 10);

function checkHeader({ code, file }: Kernel): void {
  const name = /^(\w+)\/(\d+_[a-z0-9_]+)\.wgsl$/.exec(file);
  if (!name) throw new WgslError(file, 1, "not named '<contract>/<n>_<name>.wgsl'.");
  const lines = code.split('\n');
  const title = `// ${name[1]} / ${name[2]}: `;
  if (!lines[0].startsWith(title)) {
    throw new WgslError(file, 1, `the first line must begin '${title}' and give the formula.`);
  }
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const header = lines.slice(0, end < 0 ? undefined : end);
  for (const field of ['Layout', 'Threads', 'Sync', 'Compare']) {
    if (header.some((line) => new RegExp(`^// ${field}\\s`).test(line))) continue;
    throw new WgslError(file, header.length, `the header has no field '${field}'.`);
  }
}

function compare(kernel: Kernel, first: Kernel): void {
  const folder = first.file.split('/')[0];
  const names = [...first.bindings.map((b) => b.name), 'p'].join(', ');
  const fail = (line: number, text: string): never => {
    throw new WgslError(kernel.file, line, text);
  };
  matchNames(kernel.bindings, first.bindings, {
    extra: (name) =>
      fail(
        bindingLine(kernel.code, name),
        `binding '${name}' is not in the contract of ${folder}/ (${names}).`,
      ),
    missing: (name) =>
      fail(1, `binding '${name}' of the contract of ${folder}/ (${names}) is missing.`),
    moved: (name) =>
      fail(
        bindingLine(kernel.code, name),
        `binding '${name}' is out of order in the contract of ${folder}/ (${names}).`,
      ),
  });
  kernel.bindings.forEach(({ name, access, type }, i) => {
    const wanted = first.bindings[i];
    const line = () => bindingLine(kernel.code, name);
    if (access !== wanted.access) {
      fail(
        line(),
        `binding '${name}' is ${access}, the contract of ${folder}/ has ${wanted.access}.`,
      );
    }
    if (scalar(type) !== scalar(wanted.type)) {
      fail(line(), `binding '${name}' is ${type}, the contract of ${folder}/ has ${wanted.type}.`);
    }
  });
  compareParams(kernel, first, folder, fail);
  if (!kernel.epilogue !== !first.epilogue) {
    const text = first.epilogue ? 'has no epilogue' : 'has an epilogue';
    fail(lineOf(kernel.code, /\bfn\s+epilogue\b/), `${text}, unlike ${first.file}.`);
  }
}

function compareParams(
  kernel: Kernel,
  first: Kernel,
  folder: string,
  fail: (line: number, text: string) => never,
): void {
  const fields = first.params.map((f) => f.name).join(', ');
  const contract = `Params of ${folder}/ (${fields})`;
  matchNames(kernel.params, first.params, {
    extra: (name) =>
      fail(fieldLine(kernel.code, name), `field '${name}' is not in the ${contract}.`),
    missing: (name) =>
      fail(
        lineOf(kernel.code, /\bstruct\s+Params\b/),
        `field '${name}' of the ${contract} is missing.`,
      ),
    moved: (name) =>
      fail(fieldLine(kernel.code, name), `field '${name}' is out of order in the ${contract}.`),
  });
  kernel.params.forEach(({ name, type }, i) => {
    const wanted = first.params[i].type;
    if (type === wanted) return;
    fail(
      fieldLine(kernel.code, name),
      `field '${name}' is ${type}, the ${contract} has ${wanted}.`,
    );
  });
}

type Named = readonly { name: string }[];

function matchNames(
  actual: Named,
  wanted: Named,
  fail: Record<'extra' | 'missing' | 'moved', (name: string) => never>,
): void {
  for (const { name } of actual) if (!wanted.some((w) => w.name === name)) fail.extra(name);
  for (const { name } of wanted) if (!actual.some((a) => a.name === name)) fail.missing(name);
  const index = actual.findIndex(({ name }, i) => wanted[i].name !== name);
  if (index >= 0) fail.moved(actual[index].name);
}
