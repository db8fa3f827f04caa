import { css, html, LitElement } from 'lit';
import { type Form, textOf } from '../../models/data/form.ts';
import { sampleProperties } from './sample-properties.ts';
import { base } from './styles.ts';

/** Texts of tokens, one below the other. */
export class SampleText extends LitElement {
  static override styles = [
    base,
    css`
      ul {
        margin: 0;
        padding: 0.5rem 0.7rem;
        border-radius: 6px;
        background: var(--sunken);
        font: 0.85rem / 1.5 var(--mono);
        list-style: none;
        overflow-wrap: anywhere;
      }
      li + li {
        margin-top: 0.25rem;
      }
      .small {
        font-size: 0.7rem;
        padding: 0.35rem;
      }
    `,
  ];

  static override properties = sampleProperties;

  declare form: Form & { kind: 'tokens' };
  declare values: Uint32Array;
  declare count: number;
  declare label: string;
  declare limit: number;
  declare small: boolean;

  protected override render() {
    const size = this.values.length / this.count;
    const longest = this.small ? 24 : size;
    return html`<ul aria-label=${this.label} class=${this.small ? 'small' : ''}>
      ${Array.from({ length: Math.min(this.limit, this.count) }, (_, i) => {
        const tokens = this.values.subarray(i * size, i * size + Math.min(size, longest));
        return html`<li>${textOf(this.form, tokens) || '\u00a0'}</li>`;
      })}
    </ul>`;
  }
}

customElements.define('sample-text', SampleText);
