import { css, html, LitElement } from 'lit';
import { base } from '../views/styles.ts';

/** A bar of a list. */
export interface Bar {
  name: string;
  value: number;
  /** The value as it is read. */
  text: string;
  /** Whether it stands out. */
  marked?: boolean;
}

/** Values as bars beneath each other, each with its name and its number. */
export class BarList extends LitElement {
  static override styles = [
    base,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr));
        gap: 0.15rem 1.1rem;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: 0.85rem;
      }
      li {
        display: grid;
        grid-template-columns: minmax(2.2em, auto) 1fr 3.6em;
        gap: 0.5rem;
        align-items: center;
        font-variant-numeric: tabular-nums;
      }
      .name {
        font-family: var(--mono);
        white-space: pre;
      }
      .bar {
        height: 0.6em;
        border-radius: 2px;
        background: linear-gradient(var(--accent) 0 0) 0 0 / calc(100% * var(--share)) 100% no-repeat
          var(--sunken);
      }
      .marked .bar {
        background-image: linear-gradient(var(--second) 0 0);
      }
      .marked .name {
        font-weight: 700;
      }
      .text {
        text-align: right;
      }
    `,
  ];

  static override properties = { bars: { attribute: false }, most: { type: Number }, label: {} };

  declare bars: readonly Bar[];
  /** The value of a full bar; the largest unless given. */
  declare most: number;
  declare label: string;

  constructor() {
    super();
    this.most = 0;
  }

  protected override render() {
    const most = this.most || Math.max(1e-9, ...this.bars.map((bar) => bar.value));
    return html`<ul aria-label=${this.label}>
      ${this.bars.map(({ name, value, text, marked }) => {
        const share = Math.min(1, Math.max(0, value / most)).toFixed(3);
        return html`<li class=${marked ? 'marked' : ''}>
          <span class="name">${name}</span>
          <span class="bar" .style=${`--share: ${share}`}></span>
          <span class="text">${text}</span>
        </li>`;
      })}
    </ul>`;
  }
}

customElements.define('bar-list', BarList);
