import { css, html, LitElement, nothing } from 'lit';
import { type Curve, emptyCurve } from '../curve.ts';
import { countText, lossText } from './format.ts';
import { base } from './styles.ts';

const ROWS = 12;

/** The chart's numbers as a table, for those who cannot see it or want to copy them. */
export class LossTable extends LitElement {
  static override styles = [
    base,
    css`
      summary {
        width: fit-content;
        color: var(--soft);
        font-size: 0.85rem;
        cursor: pointer;
      }
      div {
        overflow-x: auto;
        margin-top: 0.5rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.85rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.2rem 0.5rem;
        border-bottom: 1px solid var(--line);
        text-align: right;
      }
    `,
  ];

  static override properties = {
    curve: { attribute: false },
    version: { type: Number },
    units: { attribute: false },
    open: { state: true },
  };

  declare curve: Curve;
  declare version: number;
  declare units: Readonly<Record<string, string>>;
  declare private open: boolean;

  constructor() {
    super();
    this.curve = emptyCurve();
    this.units = {};
    this.open = false;
  }

  protected override render() {
    const opened = (event: Event) => {
      this.open = (event.target as HTMLDetailsElement).open;
    };
    return html`<details @toggle=${opened}>
      <summary>As a table</summary>
      ${this.open ? this.renderTable() : nothing}
    </details>`;
  }

  private renderTable() {
    const { names, steps, raw } = this.curve;
    const every = Math.max(1, Math.ceil(steps.length / ROWS));
    const picked = steps.filter((step) => step % every === 0 || step === steps.length);
    return html`<div role="region" aria-label="Losses as a table" tabindex="0"><table>
      <thead>
        <tr>
          <th scope="col">step</th>
          ${names.map((name) => html`<th scope="col">${name}, ${this.units[name]}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${picked.map(
          (step) => html`<tr>
            <th scope="row">${countText(step)}</th>
            ${raw.map((column) => html`<td>${lossText(column[step - 1])}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table></div>`;
  }
}

customElements.define('loss-table', LossTable);
