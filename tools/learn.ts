import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Marked } from 'marked';
import type { Plugin } from 'vite';
import { escapeHtml } from '../bench/report/html/chart.ts';
import { blocksOf, equationsOf, headerOf, trailerOf } from './docblocks.ts';
import type { ContractPage, FamilyPage, ModelTable, Outline } from './pages.ts';
import { contracts, readContract, SHADERS } from './shaders.ts';

const MODELS = fileURLToPath(new URL('../models', import.meta.url));
const read = (path: string) => readFileSync(path, 'utf8');

/** Markdown of our own files; links that lead into the repository and pictures become their text. */
const markdown = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    tablecell: ({ header, text }) => (header && !text ? '<td></td>' : false), // else as it does
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`, // it may scroll
    image: ({ text }) => `<em>${escapeHtml(text)}</em>`,
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^https?:/.test(href)
        ? `<a href="${escapeHtml(href)}" rel="noreferrer">${text}</a>`
        : text;
    },
  },
});

/** A README as HTML, without its title. */
const htmlOf = (text: string) => markdown.parse(text.replace(/^# .*\n/, ''), { async: false });

/** The page of a contract: its README and its variants. */
export const contractPage = (contract: string): ContractPage => ({
  html: htmlOf(read(join(SHADERS, contract, 'README.md'))),
  kernels: readContract(contract),
});

/** The page of a folder of models. */
export function familyPage(folder: string): FamilyPage {
  const files = readdirSync(join(MODELS, folder)).filter((name) => name.endsWith('.ts'));
  return {
    html: htmlOf(read(join(MODELS, folder, 'README.md'))),
    files: files.sort().map((file) => {
      const code = read(join(MODELS, folder, file));
      return {
        name: basename(file, '.ts'),
        header: blocksOf(headerOf(code)),
        equations: equationsOf(code),
        after: blocksOf(trailerOf(code)),
      };
    }),
  };
}

/** The groups of contracts that `shaders/README.md` has under "The folders". */
export function outline(): Outline {
  const text = read(join(SHADERS, 'README.md')).split('## The folders')[1] ?? '';
  const groups = text.split(/^\*\*(.*)\*\*$/m).slice(1);
  const found: Outline = [];
  for (let i = 0; i < groups.length; i += 2) {
    const lists = [...groups[i + 1].matchAll(/^- ((?:`\w+` ?)+): /gm)];
    const contracts = lists.flatMap(([, names]) => names.match(/\w+/g) ?? []);
    found.push({ title: groups[i], contracts });
  }
  return found;
}

/** The table of models in `models/README.md`: their files and what the tests hold them to. */
export function modelTable(): ModelTable {
  const row = /^\| `(\w+)` \| (`\w+\/\w+\.ts`.*?) \| .*? \| (.*) \|$/gm;
  return Object.fromEntries(
    [...read(join(MODELS, 'README.md')).matchAll(row)].map(([, name, cells, claim]) => {
      const files = [...cells.matchAll(/`([\w/]+)\.ts`/g)].map(([, file]) => file);
      const [folder] = files[0].split('/');
      const whole = files.map((file) => (file.includes('/') ? file : `${folder}/${file}`));
      return [name, { files: whole, claim: claim.replaceAll('\\|', '|') }];
    }),
  );
}

/** What a README that is asked for as `README.md?learn` stands for. */
function pageOf(path: string): unknown {
  const [top, folder] = relative(dirname(SHADERS), dirname(path)).split(sep);
  if (top === 'shaders') return folder ? contractPage(folder) : outline();
  return folder ? familyPage(folder) : modelTable();
}

/**
 * Vite plugin: a README imported with `?learn` becomes the page of its folder, made of the README and of
 * what the folder's files say themselves, so that no page can fall behind its source.
 */
export function learn(): Plugin {
  return {
    name: 'eightfold:learn',
    enforce: 'pre',
    load(id) {
      const [path, query] = id.split('?');
      if (query !== 'learn' || basename(path) !== 'README.md') return;
      for (const entry of readdirSync(dirname(path), { withFileTypes: true })) {
        if (entry.isFile()) this.addWatchFile(join(dirname(path), entry.name));
      }
      return { code: `export default ${JSON.stringify(pageOf(path))};`, map: null };
    },
  };
}

/** Every contract that has a page: all but the library of scalar functions. */
export const contractNames = (): string[] =>
  contracts().filter((contract) => readContract(contract).length > 0);
