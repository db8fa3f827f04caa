import { escapeHtml } from '../../bench/report/html/chart.ts';
import { style } from '../../bench/report/html/style.ts';
import { columns, notes, parts, realCells } from './columns.ts';
import { gridOf } from './pictures.ts';
import type { Comparison } from './summary.ts';

const own = `
.grids { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; margin: 1.5rem 0; }
figure { margin: 0; padding: 0.75rem; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
figure img { display: block; width: 100%; image-rendering: pixelated; }
figcaption { margin-top: 0.4rem; font-size: 0.85rem; }
tr:last-child td { border-bottom: none; color: var(--soft); }
td:first-child, th:first-child { position: sticky; left: 0; background: var(--surface); }
h2 { margin: 1.5rem 0 0.5rem; }
`;

/** The comparison as a page that holds all it shows. */
export function htmlOf(comparison: Comparison): string {
  const { data, floor, lines } = comparison;
  const tables = parts(comparison).map(
    (part) => `<h2>${escapeHtml(part.title)}</h2>
<div class="scroll"><table><thead>${rowOf(
      'th',
      columns.map(({ title }) => title),
    )}</thead>
<tbody>${part.lines
      .map((line) =>
        rowOf(
          'td',
          columns.map(({ of }) => of(line)),
        ),
      )
      .join('\n')}
${rowOf('td', realCells(comparison))}</tbody></table></div>`,
  );
  const grids = [
    figure('real test images', gridOf(data, floor.images)),
    ...lines.flatMap(({ title, images }) => (images ? [figure(title, gridOf(data, images))] : [])),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Every family on ${escapeHtml(data)}</title>
<style>${style}${own}</style>
</head>
<body>
<h1>Every family on ${escapeHtml(data)}</h1>
${tables.join('\n')}
<ul>${notes(comparison)
    .map((note) => `<li class="soft">${escapeHtml(note)}</li>`)
    .join('\n')}</ul>
<h2>Samples</h2>
<div class="grids">${grids.join('\n')}</div>
</body>
</html>
`;
}

const rowOf = (tag: 'th' | 'td', cells: readonly string[]) =>
  `<tr>${cells
    .map((cell, i) => `<${tag}${i < 2 ? ' class="text"' : ''}>${escapeHtml(cell)}</${tag}>`)
    .join('')}</tr>`;

function figure(title: string, png: Uint8Array): string {
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const text = escapeHtml(title);
  return `<figure><img alt="Samples: ${text}" src="${source}"><figcaption>${text}</figcaption></figure>`;
}
