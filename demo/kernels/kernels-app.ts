import { css, html, LitElement, nothing } from 'lit';
import { variantName } from '../../engine/choose.ts';
import type { Kernel } from '../../engine/kernel.ts';
import type { ContractPage, Outline } from '../../tools/pages.ts';
import { kernelHeader } from '../learn/kernel-header.ts';
import { contractPages, loadOutline } from '../learn/sources.ts';
import { layout } from '../studio-layout.ts';
import '../views/site-header.ts';
import { base } from '../views/styles.ts';
import './kernel-bench.ts';

/** The kernels of a contract: its ladder of variants, raced on this machine, and an editor for each. */
export class KernelsApp extends LitElement {
  static override styles = [
    base,
    layout,
    css`
      main {
        grid-template-columns: minmax(0, 1fr);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.4rem 1rem;
      }
      .formula,
      code {
        font: 0.85rem / 1.5 var(--mono);
        overflow-wrap: anywhere;
      }
      .formula {
        flex-basis: 100%;
      }
      .wrong {
        color: var(--danger);
      }
    `,
  ];

  static override properties = {
    outline: { state: true },
    contract: { state: true },
    variant: { state: true },
    page: { state: true },
    problem: { state: true },
  };

  declare private outline: Outline;
  declare private contract: string;
  declare private variant: string;
  declare private page: ContractPage | null;
  declare private problem: string;

  constructor() {
    super();
    this.outline = [];
    this.contract = '';
    this.variant = '';
    this.page = null;
    this.problem = '';
    loadOutline().then((outline) => {
      this.outline = outline;
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.open);
    this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.open);
  }

  /** Opens the contract and the variant that the address names, `#matmul/2_tiled`. */
  private readonly open = async (): Promise<void> => {
    const { hash } = location;
    const address = decodeURIComponent(hash.slice(1)) || 'matmul';
    const [contract, variant] = address.split('/');
    const page = Object.hasOwn(contractPages, contract) ? await contractPages[contract]() : null;
    if (location.hash !== hash) return; // another was asked for meanwhile
    const names = page?.kernels.map(variantName) ?? [];
    const chosen = variant ?? names[0];
    if (!names.includes(chosen)) {
      this.problem = `kernels: there is no '${address}'. Choose a contract above, then one of its variants.`;
      return;
    }
    this.problem = '';
    [this.contract, this.variant, this.page] = [contract, chosen, page];
    document.title = `${contract}/${chosen} – Kernels – Eightfold studio`;
  };

  protected override render() {
    const { page, contract, variant } = this;
    const kernel = page?.kernels.find((each) => variantName(each) === variant);
    return html`
      <site-header page="kernels"></site-header>
      <main>
        <div class="facts">
          <select
            aria-label="Contract"
            @change=${(e: Event) => {
              location.hash = (e.target as HTMLSelectElement).value;
            }}
          >
            ${this.outline.map(
              ({ title, contracts }) => html`<optgroup label=${title}>
                ${contracts
                  .filter((name) => name !== 'pointwise')
                  .map((name) => html`<option ?selected=${name === contract}>${name}</option>`)}
              </optgroup>`,
            )}
          </select>
          <a href="./learn.html#kernels/${contract}/${variant}">read about it</a>
          ${kernel ? this.renderFacts(kernel) : nothing}
        </div>
        ${this.problem ? html`<p class="wrong" role="alert">${this.problem}</p>` : nothing}
        ${
          page && kernel
            ? html`<kernel-bench
                .contract=${contract}
                .variant=${variant}
                .kernels=${page.kernels}
              ></kernel-bench>`
            : nothing
        }
      </main>
    `;
  }

  private renderFacts({ code, bindings, params, overrides }: Kernel) {
    const given = Object.entries(overrides).map(([name, value]) => `${name} = ${value}`);
    return html`
      <span class="formula">${kernelHeader(code).formula}</span>
      <span class="small soft">
        bindings
        ${bindings.map(({ name, type, access }) => html`<code>${name}: ${type}${access === 'read' ? '' : ' (written)'}</code> `)}
      </span>
      <span class="small soft">params <code>${params.map(({ name }) => name).join(', ')}</code></span>
      ${given.length ? html`<span class="small soft">overrides <code>${given.join(', ')}</code></span>` : nothing}
    `;
  }
}

customElements.define('kernels-app', KernelsApp);
