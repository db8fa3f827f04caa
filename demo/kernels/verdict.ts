import { css, html, nothing } from 'lit';
import type { Row } from '../../bench/types.ts';
import { msText } from '../views/format.ts';
import type { Checked } from './check.ts';
import { diffLines, hunks } from './diff.ts';

/** What came of a check; `goTo` shows a line, from 1, that the compiler speaks of. */
export function checkedPart({ remarks, cases, wrong }: Checked, goTo: (line: number) => void) {
  const errors = remarks.some(({ type }) => type === 'error');
  return html`
    ${
      remarks.length
        ? html`<ul class=${errors ? 'wrong' : ''}>
            ${remarks.map(
              ({ type, line, column, text }) => html`<li>
                ${line ? html`<button @click=${() => goTo(line)}>line ${line}:${column}</button>` : nothing}
                ${type}: ${text}
              </li>`,
            )}
          </ul>`
        : nothing
    }
    ${
      errors
        ? html`<p class="wrong">It does not compile. Nothing was run, and nothing is lost.</p>`
        : wrong.length
          ? html`<p class="wrong">
                Wrong in ${wrong.length} of ${cases} cases against the float64 reference:
              </p>
              <ul class="wrong">
                ${wrong.slice(0, 5).map((text) => html`<li>${text}</li>`)}
              </ul>`
          : html`<p>Right in all ${cases} cases against the float64 reference.</p>`
    }
  `;
}

/** What came of a race of a variant with what it was edited to; nothing before it. */
export function racedPart(rows: readonly Row[]) {
  const [original, edited] = ['eightfold', 'edited'].map((name) =>
    rows.find((row) => row.contestant === name),
  );
  if (!original || !edited) return nothing;
  const failed = edited.failed ?? original.failed;
  if (failed) return html`<p class="wrong">In ${edited.case}: ${failed}.</p>`;
  return html`<p class="verdict">${verdictText(original, edited)}</p>
    <p class="small soft">
      In ${edited.case}: paired rounds, ${edited.n} of them; the result was checked there too.
    </p>`;
}

/** What a race of an edited variant with its original says, in a sentence. */
function verdictText(original: Row, edited: Row): string {
  const times = `${msText(original.median_ms)} before, ${msText(edited.median_ms)} now`;
  const { ours } = edited;
  if (!ours) return `${times}.`;
  const between = ours.ci
    ? ` (95 % interval ${ours.ci.map((x) => x.toFixed(2)).join(' to ')})`
    : '';
  const speed = `${ours.ratio.toFixed(2)} times as fast as the original${between}`;
  const verdict = {
    faster: 'Faster: ',
    slower: 'Slower: ',
    unsure: 'No difference that could be told: ',
  }[ours.verdict];
  return `${verdict}${speed}. ${times}.`;
}

/** The lines in which two texts differ; nothing where they do not. */
export function diffPart(before: string, after: string) {
  if (before === after) return nothing;
  const kind = { '+': 'added', '-': 'removed', ' ': '' };
  return html`<details open>
    <summary>What was changed</summary>
    <pre tabindex="0">${hunks(diffLines(before, after)).map((line) =>
      line ? html`<span class=${kind[line.mark]}>${line.mark} ${line.text}\n</span>` : '  ⋯\n',
    )}</pre>
  </details>`;
}

/** The look of these parts. */
export const verdictStyle = css`
  ul {
    margin: 0.4rem 0;
    padding-left: 1.2rem;
  }
  li button {
    min-height: 0;
    padding: 0 0.3rem;
    border: 0;
    background: none;
    color: inherit;
    font-weight: 400;
    text-align: left;
    text-decoration: underline;
  }
  .wrong {
    color: var(--danger);
  }
  .verdict {
    font-weight: 600;
  }
  pre {
    overflow-x: auto;
    margin: 0.5rem 0;
    padding: 0.6rem 0.8rem;
    border-radius: 8px;
    background: var(--sunken);
    font: 0.8rem / 1.5 var(--mono);
  }
  .added {
    color: var(--accent);
  }
  .removed {
    color: var(--danger);
  }
  summary {
    width: fit-content;
    color: var(--accent);
    cursor: pointer;
  }
`;
