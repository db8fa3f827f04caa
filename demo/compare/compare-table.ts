import { css, html, LitElement, nothing } from 'lit';
import { type Column, columns, parts, realCells } from '../../run/compare/columns.ts';
import type { Comparison, Line } from '../../run/compare/summary.ts';
import { familyTitles, type Family } from '../../models/settings.ts';
import { base } from '../views/styles.ts';
import { familyClass, marks } from './family-mark.ts';

/** The table of a comparison, a part for each kind of pixels: a click on a title sorts by its column. */
export class CompareTable extends LitElement {
  static override styles = [
    base,
    marks,
    css`
      h3 {
        margin: 1.1rem 0 0.4rem;
        font-size: 0.92rem;
        font-weight: 600;
      }
      .scroll {
        overflow-x: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
        scrollbar-width: thin;
      }
      table {
        min-width: 100%;
        border-collapse: collapse;
        font-size: 0.85rem;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      th,
      td {
        padding: 0.3rem 0.7rem;
        border-bottom: 1px solid var(--line);
        text-align: right;
      }
      thead th {
        padding: 0;
      }
      thead button {
        width: 100%;
        min-height: 2.1rem;
        padding: 0 0.7rem;
        border: 0;
        border-radius: 0;
        background: none;
        color: var(--soft);
        font-weight: 600;
        text-align: inherit;
      }
      [aria-sort] button {
        color: var(--ink);
      }
      [aria-sort='ascending'] button::after {
        content: ' ▲';
        font-size: 0.7em;
      }
      [aria-sort='descending'] button::after {
        content: ' ▼';
        font-size: 0.7em;
      }
      .text {
        text-align: left;
      }
      th:first-child {
        position: sticky;
        left: 0;
        background: var(--surface);
        text-align: left;
        font-weight: 600;
      }
      tfoot td,
      tfoot th {
        border-bottom: 0;
        color: var(--soft);
      }
      tbody tr:hover > * {
        background: var(--sunken);
      }
      @media (max-width: 34rem) {
        th:first-child {
          max-width: 9rem;
          white-space: normal;
        }
      }
    `,
  ];

  static override properties = {
    comparison: { attribute: false },
    column: { state: true },
    descending: { state: true },
  };

  declare comparison: Comparison;
  /** The column that lines are sorted by, -1 for their own order. */
  declare private column: number;
  declare private descending: boolean;

  constructor() {
    super();
    this.column = -1;
    this.descending = false;
  }

  protected override render() {
    return parts(this.comparison).map(
      ({ title, lines }) => html`
        <h3>${title}</h3>
        <div class="scroll" tabindex="0" role="region" aria-label=${title}>
          <table>
            <thead>
              <tr>
                ${columns.map((column, i) => this.renderTitle(column, i))}
              </tr>
            </thead>
            <tbody>
              ${this.sorted(lines).map((line) => this.renderLine(line))}
            </tbody>
            <tfoot>
              <tr>
                ${realCells(this.comparison).map((cell, i) =>
                  i ? html`<td>${cell}</td>` : html`<th scope="row">${cell}</th>`,
                )}
              </tr>
            </tfoot>
          </table>
        </div>
      `,
    );
  }

  private renderTitle({ title, text }: Column, i: number) {
    const sort = i === this.column && (this.descending ? 'descending' : 'ascending');
    return html`<th
      scope="col"
      class=${text ? 'text' : nothing}
      aria-sort=${sort || nothing}
    >
      <button @click=${() => this.sortBy(i)}>${title}</button>
    </th>`;
  }

  private renderLine(line: Line) {
    const family = familyTitles[line.family as Family] ?? line.family;
    return html`<tr>
      ${columns.map((column, i) => {
        if (i === 0) return html`<th scope="row">${column.of(line)}</th>`;
        if (column.title === 'family') {
          return html`<td class="text">
            <span class="mark ${familyClass(line.family)}"></span>${family}
          </td>`;
        }
        return html`<td class=${column.text ? 'text' : nothing}>
          ${column.of(line)}
        </td>`;
      })}
    </tr>`;
  }

  /** A second click turns the order round, a third one gives their own back. */
  private sortBy(column: number): void {
    if (column !== this.column) [this.column, this.descending] = [column, false];
    else if (!this.descending) this.descending = true;
    else this.column = -1;
  }

  /** Lines without a value come last either way. */
  private sorted(lines: readonly Line[]): Line[] {
    const column = columns[this.column];
    if (!column) return [...lines];
    const sign = this.descending ? -1 : 1;
    return [...lines].sort((one, other) => {
      const [a, b] = [column.by(one), column.by(other)];
      if (a === null || b === null) return Number(a === null) - Number(b === null);
      return sign * (typeof a === 'string' ? a.localeCompare(String(b)) : a - Number(b));
    });
  }
}

customElements.define('compare-table', CompareTable);
