import { css, html, LitElement, nothing } from 'lit';
import type { Session } from '../session.ts';
import { lossText } from '../views/format.ts';
import { base } from '../views/styles.ts';
import './line-plot.ts';
import { LongAnswer } from './long-answer.ts';
import { parts } from './parts.ts';
import type { Quality } from './quality.ts';

/** Steps against quality, measured when a person asks for it. */
export class QualityPart extends LitElement {
  static override styles = [
    base,
    parts,
    css`
      table {
        border-collapse: collapse;
        font-size: 0.85rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.2rem 0.6rem;
        border-bottom: 1px solid var(--line);
        text-align: right;
      }
      .wide {
        overflow-x: auto;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    passes: { attribute: false },
    what: {},
  };

  declare session: Session;
  declare version: number;
  /** Numbers of passes to measure. */
  declare passes: readonly number[];
  /** What a pass is. */
  declare what: string;
  private measured = 0;
  private readonly found = new LongAnswer<number[], Quality>(this, 'quality');

  protected override render() {
    const { parts: rows, running, error } = this.found;
    return html`
      <h3>Steps against quality</h3>
      <div class="row">
        <button @click=${running ? () => this.found.end() : this.measure}>
          ${running ? 'Stop' : 'Measure'}
        </button>
        <span class="small soft" role="status">
          ${
            running
              ? `Measuring samples of ${this.passes[rows.length] ?? ''} ${this.what}, ${rows.length} of ${this.passes.length} done; training waits.`
              : rows.length
                ? `Of the model after step ${this.measured}.`
                : `Draws samples with ${this.passes.join(', ')} ${this.what}. Training waits meanwhile.`
          }
        </span>
      </div>
      ${error ? html`<p class="bad">${error}</p>` : nothing}
      ${rows.length ? this.renderRows(rows) : nothing}
    `;
  }

  private measure(): void {
    this.measured = this.session.curve.steps.length;
    this.found.begin([...this.passes]);
  }

  private renderRows(rows: readonly Quality[]) {
    const names = Object.keys(rows[0].metrics);
    return html`<div class="pair">
      <line-plot
        logarithmic
        .across=${this.what}
        .up=${`${nameText(names[0])} (smaller is better)`}
        .spots=${rows.map(({ passes, metrics }) => [passes, metrics[names[0]]])}
      ></line-plot>
      <div class="wide" tabindex="0" role="region" aria-label="Quality by steps">
        <table>
          <thead>
            <tr>
              <th scope="col">${this.what}</th>
              ${names.map((name) => html`<th scope="col">${nameText(name)}</th>`)}
              <th scope="col">seconds</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ passes, metrics, seconds }) => html`<tr>
                <th scope="row">${passes}</th>
                ${names.map((name) => html`<td>${lossText(metrics[name])}</td>`)}
                <td>${seconds.toFixed(1)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>`;
  }
}

/** `energyDistance` as `energy distance`. */
const nameText = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

customElements.define('quality-part', QualityPart);
