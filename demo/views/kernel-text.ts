import { css, html, LitElement } from 'lit';
import type { Dispatch } from '../protocol.ts';
import { base } from './styles.ts';

/** The WGSL of a dispatch as the driver got it, comments dimmed. */
export class KernelText extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        min-width: 0;
      }
      h3 {
        margin: 0;
        font: 600 0.9rem var(--mono);
        overflow-wrap: anywhere;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1rem;
        margin: 0.2rem 0 0.6rem;
      }
      .text {
        display: flex;
        max-height: 29.5rem;
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
      .comment {
        color: var(--soft);
        font-style: italic;
      }
    `,
  ];

  static override properties = { dispatch: { attribute: false }, text: {} };

  declare dispatch: Dispatch;
  declare text: string;

  protected override render() {
    const { kernel, groups, flops, bytes, ms } = this.dispatch;
    const perSecond = (n: number) => (n / ms / 1e6).toFixed(2); // n per ms, in 10⁹ per s
    const text = this.text.trimEnd();
    const numbers = text.split('\n').map((_, i) => i + 1);
    return html`
      <h3>${kernel}</h3>
      <p class="facts small soft number">
        <span>${groups.join(' × ')} workgroups</span>
        ${flops && ms ? html`<span>${perSecond(flops)} GFLOP/s</span>` : ''}
        ${ms ? html`<span>${perSecond(bytes)} GB/s</span>` : ''}
      </p>
      <div class="text" tabindex="0" role="region" aria-label=${`WGSL of ${kernel}`}>
        <pre class="numbers" aria-hidden="true">${numbers.join('\n')}</pre>
        <pre class="code">${this.renderCode(text)}</pre>
      </div>
    `;
  }

  /** WGSL has no strings, so that two slashes always begin a comment. */
  private renderCode(text: string) {
    const parts = text.split(/(\/\/.*)/); // code and comments in turn
    return parts.map((part, i) => (i % 2 ? html`<span class="comment">${part}</span>` : part));
  }
}

customElements.define('kernel-text', KernelText);
