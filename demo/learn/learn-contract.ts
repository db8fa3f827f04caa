import { css, html, LitElement, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { variantName } from '../../engine/choose.ts';
import type { Kernel } from '../../engine/kernel.ts';
import type { ContractPage } from '../../tools/pages.ts';
import { base, card } from '../views/styles.ts';
import '../views/wgsl-source.ts';
import { kernelHeader } from './kernel-header.ts';
import { inline, proseStyle } from './prose.ts';

/** A folder of kernels: what is computed, and each variant with what its file says and its source. */
export class LearnContract extends LitElement {
  static override styles = [
    base,
    card,
    proseStyle,
    css`
      article {
        margin-top: 1.2rem;
        padding-top: 1rem;
        border-top: 1px solid var(--line);
      }
      article h3 {
        margin: 0;
        font: 600 1rem var(--mono);
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.3rem 1rem;
      }
      dl {
        display: grid;
        grid-template-columns: 5.5rem minmax(0, 46rem);
        gap: 0.25rem 0.8rem;
        margin: 0.6rem 0;
      }
      dt {
        color: var(--soft);
      }
      dd {
        margin: 0;
      }
      summary {
        width: fit-content;
        padding: 0.2rem 0;
        color: var(--accent);
        cursor: pointer;
      }
      @media (max-width: 34rem) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        dd {
          margin-bottom: 0.4rem;
        }
      }
    `,
  ];

  static override properties = { name: {}, page: { attribute: false } };

  declare name: string;
  declare page: ContractPage;

  protected override render() {
    const { html: readme, kernels } = this.page;
    return html`
      <h2>${this.name}</h2>
      <div class="prose">${unsafeHTML(readme)}</div>
      ${kernels.map((kernel) => this.renderKernel(kernel))}
    `;
  }

  private renderKernel(kernel: Kernel) {
    const { file, code, bindings, overrides, workgroup, features } = kernel;
    const { formula, text, fields } = kernelHeader(code);
    const variant = variantName(kernel);
    return html`<article id=${variant}>
      <div class="title">
        <h3>${variant}</h3>
        <a class="small" href="./kernels.html#${this.name}/${variant}">run and edit</a>
      </div>
      <pre tabindex="0">${formula}</pre>
      ${text.map((paragraph) => html`<p>${inline(paragraph)}</p>`)}
      <dl>
        ${fields.map(({ name, text }) => html`<dt>${name}</dt><dd>${inline(text)}</dd>`)}
        <dt>Bindings</dt>
        <dd>
          ${bindings.map(
            ({ name, type, access }, i) =>
              html`${i ? ', ' : ''}<code>${name}: ${type}</code>${access === 'read' ? '' : ' (written)'}`,
          )}
        </dd>
        <dt>Workgroup</dt>
        <dd>
          ${workgroup.join(' × ')}${features.length ? `, needs ${features.join(' and ')}` : nothing}
        </dd>
        ${
          Object.keys(overrides).length
            ? html`<dt>Overrides</dt>
              <dd>
                ${Object.entries(overrides).map(
                  ([name, value], i) => html`${i ? ', ' : ''}<code>${name} = ${value}</code>`,
                )}
              </dd>`
            : nothing
        }
      </dl>
      <details @toggle=${(e: Event) => this.unfold(e, code, file)}>
        <summary>Source, ${code.trimEnd().split('\n').length} lines</summary>
      </details>
    </article>`;
  }

  /** Sources are drawn when they are asked for. */
  private unfold(event: Event, code: string, file: string): void {
    const details = event.target as HTMLDetailsElement;
    if (!details.open || details.querySelector('wgsl-source')) return;
    const source = document.createElement('wgsl-source');
    details.append(Object.assign(source, { text: code, label: `WGSL of ${file}` }));
  }
}

customElements.define('learn-contract', LearnContract);
