import { css, html } from 'lit';
import type { Block } from '../../tools/pages.ts';

/** A text whose parts between backticks are code. */
export const inline = (text: string) =>
  text.split('`').map((part, i) => (i % 2 ? html`<code>${part}</code>` : part));

/** Paragraphs and lines of a comment. */
export const prose = (blocks: readonly Block[]) =>
  blocks.map(({ kind, text }) =>
    kind === 'text'
      ? html`<p>${inline(text)}</p>`
      : html`<pre tabindex="0">${text.replace(/^ {2}/gm, '')}</pre>`,
  );

/** What texts, tables and pictures of source look like. */
export const proseStyle = css`
  h2 {
    font-size: 1.3rem;
  }
  .prose p,
  .prose ul,
  .prose ol {
    max-width: 46rem;
    margin: 0.6rem 0;
  }
  .prose h2,
  .prose h3 {
    margin: 1.3rem 0 0.3rem;
    font-size: 1rem;
  }
  .prose table {
    display: block;
    width: fit-content;
    max-width: 100%;
    overflow-x: auto;
    margin: 0.7rem 0;
    border-collapse: collapse;
    font-size: 0.87rem;
    scrollbar-width: thin;
  }
  .prose th,
  .prose td {
    padding: 0.3rem 0.8rem 0.3rem 0;
    border-bottom: 1px solid var(--line);
    text-align: left;
    vertical-align: top;
  }
  .prose th {
    color: var(--soft);
    font-weight: 600;
  }
  pre {
    max-width: 100%;
    overflow-x: auto;
    margin: 0.6rem 0;
    padding: 0.6rem 0.8rem;
    border-radius: 8px;
    background: var(--sunken);
    font: 0.8rem / 1.55 var(--mono);
    scrollbar-width: thin;
  }
  code {
    font: 0.88em var(--mono);
    overflow-wrap: anywhere;
  }
`;
