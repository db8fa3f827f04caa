import { css, html, LitElement } from 'lit';
import { base } from '../../views/styles.ts';
import '../bar-list.ts';
import '../line-plot.ts';
import { parts } from '../parts.ts';
import type { Drawn } from './questions.ts';

/** As many bars tell all; of more levels a curve does. */
const BARS = 32;

/** What a model said of a value, and which was drawn. */
export class NextValue extends LitElement {
  static override styles = [
    base,
    parts,
    css`
      line-plot {
        margin-top: 0.6rem;
      }
    `,
  ];
  static override properties = { drawn: { attribute: false }, names: { attribute: false } };

  declare drawn: Pick<Drawn, 'probabilities'> & { value: number | null };
  /** Names of the levels; null: they are brightnesses. */
  declare names: readonly string[] | null;

  protected override render() {
    const { probabilities, value } = this.drawn;
    const levels = probabilities.length;
    const nameOf = (level: number) => this.names?.[level] ?? String(level);
    const surprise = value === null ? 0 : -Math.log2(probabilities[value]);
    return html`
      <p class="note">
        ${
          value === null
            ? `The likeliest is ${nameOf(likeliest(probabilities))}.`
            : `It is ${nameOf(value)}: p = ${probabilities[value].toFixed(3)}, ${surprise.toFixed(2)} bits.`
        }
      </p>
      ${
        levels <= BARS
          ? html`<bar-list
              .most=${levels > 2 ? 0 : 1}
              .label=${'Probability of each value'}
              .bars=${Array.from(probabilities, (p, level) => ({
                name: nameOf(level),
                value: p,
                text: p.toFixed(3),
                marked: level === value,
              }))}
            ></bar-list>`
          : html`<line-plot
              across=${`value, 0 to ${levels - 1}`}
              up="probability"
              .at=${value}
              .spots=${Array.from(probabilities, (p, level) => [level, p])}
            ></line-plot>`
      }
    `;
  }
}

const likeliest = (probabilities: Float32Array) =>
  probabilities.indexOf(Math.max(...probabilities));

customElements.define('next-value', NextValue);
