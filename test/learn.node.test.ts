import { describe, expect, test } from 'vitest';
import { kernelHeader } from '../demo/learn/kernel-header.ts';
import { folderOf } from '../demo/learn/sources.ts';
import { catalog } from '../models/catalog.ts';
import { families, type ModelInfo } from '../models/settings.ts';
import { blocksOf, equationsOf, headerOf, trailerOf } from '../tools/docblocks.ts';
import { contractNames, contractPage, familyPage, modelTable, outline } from '../tools/learn.ts';

// The pages that are made of the source: nothing of it may be without one.

describe('every contract', () => {
  const listed = outline().flatMap(({ contracts }) => contracts);

  test('is in the list of shaders/README.md, and nothing else', () => {
    expect(listed.filter((name) => name !== 'pointwise').sort()).toEqual(contractNames());
  });

  test.each(contractNames())(
    '%s: a README, and of each variant a formula and its fields',
    (name) => {
      const { html, kernels } = contractPage(name);
      expect(html.length).toBeGreaterThan(100);
      expect(html).not.toMatch(/<script|javascript:|<img| style=/);
      for (const { file, code } of kernels) {
        const { formula, fields } = kernelHeader(code);
        expect(formula, file).not.toBe('');
        expect(formula).not.toContain('//');
        expect(html, `${file} in the ladder`).toContain(file.slice(name.length + 1, -5));
        for (const field of ['Layout', 'Threads', 'Sync', 'Compare']) {
          const text = fields.find((each) => each.name === field)?.text ?? '';
          expect(text.length, `${file}: ${field}`).toBeGreaterThan(3);
        }
      }
    },
  );
});

describe('every model', () => {
  const table = modelTable();
  const pages = Object.fromEntries(families.map((f) => [folderOf(f), familyPage(folderOf(f))]));

  test.each(Object.entries<ModelInfo>(catalog))(
    '%s has a page that names its paper',
    (name, info) => {
      const { files, claim } = table[name];
      expect(claim).not.toBe('');
      const parts = files.map((path) => {
        const [folder, file] = path.split('/');
        expect(folder).toBe(folderOf(info.family));
        const part = pages[folder].files.find((each) => each.name === file);
        expect(part?.header.length, path).toBeGreaterThan(0);
        return part!;
      });
      const [own] = parts;
      const said = own.header.map(({ text }) => text).join('\n');
      const arxiv = /\d{4}\.\d{5}/.exec(info.paper)?.[0];
      const year = /\b(19|20)\d\d\b/.exec(info.paper)?.[0] as string;
      expect(said).toContain(arxiv && said.includes(arxiv) ? arxiv : year);
      expect(
        own.header.some(({ kind }) => kind === 'lines'),
        'formulas',
      ).toBe(true);
    },
  );

  test.each(Object.entries(pages))(
    'of the files of %s, each says what it is',
    (_, { html, files }) => {
      expect(html.length).toBeGreaterThan(100);
      for (const { name, header } of files) expect(header.length, name).toBeGreaterThan(0);
    },
  );

  test('the table has no model that is not there', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(catalog).sort());
  });
});

const file = `import x from 'y';

/** Short. */
const a = 1;

/**
 * A model. Somebody, 2016.
 *
 *   y = f(x)      eq. (1)
 *   z = g(y)      eq. (2)
 *
 * Words that
 * go on.
 */
export function model() {
  const y = f(x); // eq. (1)
  // As in algorithm 2.
  const z = g(y);
}

// Beside the paper: nothing.
// Or little.
`;

describe('what a file says', () => {
  test('in its header: paragraphs, and lines that keep their places', () => {
    expect(blocksOf(headerOf(file))).toEqual([
      { kind: 'text', text: 'A model. Somebody, 2016.' },
      { kind: 'lines', text: '  y = f(x)      eq. (1)\n  z = g(y)      eq. (2)' },
      { kind: 'text', text: 'Words that go on.' },
    ]);
  });

  test('of equations: their lines, also where the comment stands before', () => {
    expect(equationsOf(file)).toEqual([
      { line: 16, code: 'const y = f(x);', says: 'eq. (1)' },
      { line: 18, code: 'const z = g(y);', says: 'As in algorithm 2.' },
    ]);
  });

  test('at its end', () => {
    expect(trailerOf(file)).toBe('Beside the paper: nothing.\nOr little.');
    expect(trailerOf('const a = 1;\n')).toBe('');
  });

  test('of a kernel: formula, paragraphs, fields', () => {
    const code =
      '// a / 1_b: y = x\n//\n// More of\n// it.\n//\n// Layout    one\n//           two\n// Sync      none.\n\nstruct P {}';
    expect(kernelHeader(code)).toEqual({
      formula: 'y = x',
      text: ['More of it.'],
      fields: [
        { name: 'Layout', text: 'one two' },
        { name: 'Sync', text: 'none.' },
      ],
    });
  });
});
