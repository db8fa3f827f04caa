import { columns, notes, parts, realCells } from './columns.ts';
import type { Comparison } from './summary.ts';

/** The comparison as Markdown; `picture` is the address of its samples. */
export function markdownOf(comparison: Comparison, picture: string): string {
  const head = [row(columns.map(({ title }) => title)), row(columns.map((_, i) => rule(i)))];
  const tables = parts(comparison).flatMap(({ title, lines }) => [
    `### ${title}`,
    '',
    ...head,
    ...lines.map((line) => row(columns.map(({ of }) => of(line)))),
    row(realCells(comparison)),
    '',
  ]);
  const names = comparison.lines.filter(({ images }) => images).map(({ title }) => title);
  return [
    `# Every family on ${comparison.data}`,
    '',
    ...tables,
    ...notes(comparison).map((note) => `- ${note}`),
    '',
    `![samples](${picture})`,
    '',
    `Samples, from the top: ${['real test images', ...names].join('; ')}.`,
    '',
  ].join('\n');
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const rule = (column: number) => (column < 2 ? '---' : '---:');
