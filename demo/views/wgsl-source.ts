import { css, html, LitElement } from 'lit';
import { base } from './styles.ts';
import { coloured, wgslColours } from './wgsl-colours.ts';

/** A text of WGSL to read: coloured, with the numbers of its lines. */
export class WgslSource extends LitElement {
  static override styles = [
    base,
    wgslColours,
    css`
      .text {
        display: flex;
        max-height: var(--tall, 29.5rem);
        overflow: auto;
        border-radius: 8px;
        background: var(--sunken);
        font: 0.8rem / 1.5 var(--mono);
        tab-size: 2;
        scrollbar-width: thin;
      }
      pre {
        margin: 0;
        padding: 0.8rem 1rem;
        font: inherit;
      }
      .numbers {
        position: sticky;
        left: 0;
        flex: none;
        padding-right: 0.4rem;
        background: var(--sunken);
        color: var(--soft);
        text-align: right;
        user-select: none;
      }
    `,
  ];

  static override properties = { text: {}, label: {} };

  declare text: string;
  declare label: string;

  protected override render() {
    const text = this.text.trimEnd();
    const numbers = text.split('\n').map((_, i) => i + 1);
    return html`<div class="text" tabindex="0" role="region" aria-label=${this.label}>
      <pre class="numbers" aria-hidden="true">${numbers.join('\n')}</pre>
      <pre class="code">${coloured(text)}</pre>
    </div>`;
  }
}

customElements.define('wgsl-source', WgslSource);
