import { css, html, LitElement } from 'lit';
import { cellOf, columnsOf } from '../../bench/report/columns.ts';
import type { Row } from '../../bench/types.ts';
import { base, card } from '../views/styles.ts';

/** The rows of the bench as a table, with a bar for each median beside those of its case. */
export class BenchRows extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .scroll {
        overflow-x: auto;
      }
      table {
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
      th {
        color: var(--soft);
        font-weight: 600;
      }
      .text {
        text-align: left;
      }
      .wrong {
        color: var(--danger);
      }
      td.bar {
        background: linear-gradient(var(--accent) 0 0) 0 calc(100% - 1px) / calc(100% * var(--share)) 3px
          no-repeat;
      }
    `,
  ];

  static override properties = { rows: { attribute: false }, remarks: { attribute: false } };

  declare rows: readonly Row[];
  declare remarks: readonly string[];

  protected override render() {
    const columns = columnsOf(this.rows);
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Rows">
        <table>
          <thead>
            <tr>
              ${columns.map((c) => html`<th class=${c.text ? 'text' : ''}>${c.title}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${this.rows.map(
              (row) => html`<tr class=${row.failed ? 'wrong' : ''}>
                ${columns.map(
                  (column) => html`<td
                    class="${column.text ? 'text' : ''} ${column.title === 'median ms' ? 'bar' : ''}"
                  >
                    ${cellOf(column, row)}
                  </td>`,
                )}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${this.remarks.map((line) => html`<p class="small">${line}</p>`)}
      ${this.rows
        .filter((row) => row.failed)
        .map((row) => html`<p class="small wrong">${row.contestant}: ${row.failed}</p>`)}
    `;
  }

  /** Not in the template: the page's security policy allows no style attributes. */
  protected override updated(): void {
    const bars = this.renderRoot.querySelectorAll<HTMLElement>('td.bar');
    bars.forEach((bar, i) => {
      const row = this.rows[i];
      const most = Math.max(
        ...this.rows.filter((r) => r.case === row.case).map((r) => r.median_ms),
      );
      bar.style.setProperty('--share', (row.median_ms / most || 0).toFixed(3));
    });
  }
}

customElements.define('bench-rows', BenchRows);
