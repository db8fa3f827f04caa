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
      pre {
        max-height: 29.5rem;
        margin: 0;
        padding: 0.8rem 0;
        overflow: auto;
        border-radius: 8px;
        background: var(--sunken);
        font: 0.8rem / 1.5 var(--mono);
        tab-size: 2;
        scrollbar-width: thin;
      }
      .line {
        display: block;
        padding: 0 1rem 0 3.6rem;
        counter-increment: line;
        width: fit-content;
        min-width: 100%;
      }
      .line::before {
        content: counter(line);
        float: left;
        width: 2.4rem;
        margin-left: -3.4rem;
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
    return html`
      <h3>${kernel}</h3>
      <p class="facts small soft number">
        <span>${groups.join(' × ')} workgroups</span>
        ${flops && ms ? html`<span>${perSecond(flops)} GFLOP/s</span>` : ''}
        ${ms ? html`<span>${perSecond(bytes)} GB/s</span>` : ''}
      </p>
      <pre tabindex="0" aria-label=${`WGSL of ${kernel}`}><code>${this.text
        .trimEnd()
        .split('\n')
        .map((line) => this.renderLine(line))}</code></pre>
    `;
  }

  private renderLine(line: string) {
    const at = line.indexOf('//'); // WGSL has no strings to hide it
    const [code, comment] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at)];
    return html`<span class="line">${code}<span class="comment">${comment}</span>${'\n'}</span>`;
  }
}

customElements.define('kernel-text', KernelText);
