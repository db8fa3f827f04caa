import { css, html, LitElement, nothing } from 'lit';
import type { Dispatch } from '../protocol.ts';
import { base } from './styles.ts';
import './wgsl-source.ts';

/** The WGSL of a dispatch as the driver got it. */
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
        ${this.renderLinks(kernel)}
        <span>${groups.join(' × ')} workgroups</span>
        ${flops && ms ? html`<span>${perSecond(flops)} GFLOP/s</span>` : ''}
        ${ms ? html`<span>${perSecond(bytes)} GB/s</span>` : ''}
      </p>
      <wgsl-source .text=${this.text} .label=${`WGSL of ${kernel}`}></wgsl-source>
    `;
  }

  /** Where a kernel of a file can be changed and read about; a generated one has no file. */
  private renderLinks(kernel: string) {
    const [, path] = /^(\w+\/\d+_\w+)\.wgsl$/.exec(kernel) ?? [];
    return path === undefined
      ? nothing
      : html`<a href="./kernels.html#${path}">run and edit</a>
          <a href="./learn.html#kernels/${path}">read about it</a>`;
  }
}

customElements.define('kernel-text', KernelText);
