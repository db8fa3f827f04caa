import type { ExperimentName, Findings } from './experiment.ts';

const cell = (value: string | number): string => {
  if (typeof value === 'string') return value.replaceAll('|', '\\|'); // no new column
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 100 ? 4 : 1);
};

/** Whether all that an experiment's numbers are to say is so. */
export const confirmed = ({ says }: Findings): boolean => says.every(({ holds }) => holds);

/** What an experiment found, as Markdown; `picture` is the address of its picture. */
export function reportOf(name: ExperimentName, findings: Findings, picture: string): string {
  const { claim, setup, columns, rows, says, caption, adapter } = findings;
  const row = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [
    `# ${name}`,
    '',
    `Often said: ${claim}`,
    '',
    setup,
    '',
    row(columns),
    row(columns.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...rows.map(row),
    '',
    ...says.map(({ text, holds }) => `- ${holds ? 'Yes' : 'NO'}: ${text}.`),
    '',
    `![${name}](${picture})`,
    '',
    caption,
    '',
    `Measured on ${adapter} by \`npm run experiment -- ${name}\`.`,
    '',
  ].join('\n');
}
