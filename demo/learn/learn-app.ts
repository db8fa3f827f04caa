import { css, html, LitElement, nothing } from 'lit';
import { catalog } from '../../models/catalog.ts';
import { objectivesOf } from '../../models/objective.ts';
import { type Family, families, familyTitles, type ModelInfo } from '../../models/settings.ts';
import type { ModelTable, Outline } from '../../tools/pages.ts';
import { infoOf } from '../address.ts';
import { layout } from '../studio-layout.ts';
import '../views/site-header.ts';
import { base } from '../views/styles.ts';
import './learn-contract.ts';
import './learn-family.ts';
import './learn-model.ts';
import { contractPages, familyPages, folderOf, loadOutline, loadTable } from './sources.ts';

const models = Object.entries<ModelInfo>(catalog);

/** Pages made of the source: for each kernel contract, each family and each model. The address says which. */
export class LearnApp extends LitElement {
  static override styles = [
    base,
    layout,
    css`
      .list {
        min-width: 0;
        font-size: 0.92rem;
      }
      .list h2 {
        margin: 0.9rem 0 0.2rem;
      }
      .list h3 {
        margin: 0.6rem 0 0.1rem;
        font-size: 0.85rem;
        font-weight: 600;
      }
      .list input {
        width: 100%;
      }
      .list summary {
        display: none;
        padding: 0.4rem 0;
        color: var(--accent);
        cursor: pointer;
      }
      .list a {
        display: inline-block;
        margin-right: 0.7rem;
        padding: 0.1rem 0;
        color: var(--soft);
        text-decoration: none;
      }
      .list a:hover,
      .list a[aria-current] {
        color: var(--ink);
        text-decoration: underline;
        text-decoration-color: var(--accent);
        text-decoration-thickness: 2px;
      }
      .list a[aria-current] {
        font-weight: 600;
      }
      .problem {
        color: var(--danger);
      }
      @media (min-width: 60rem) {
        .list {
          position: sticky;
          top: 1rem;
          max-height: calc(100vh - 2rem);
          overflow: auto;
          scrollbar-width: thin;
        }
      }
      @media (max-width: 59.99rem) {
        .list summary {
          display: block;
        }
      }
    `,
  ];

  static override properties = {
    outline: { state: true },
    wanted: { state: true },
    shown: { state: true },
    address: { state: true },
  };

  declare private outline: Outline;
  /** What names are searched for. */
  declare private wanted: string;
  /** The page that is open. */
  declare private shown: unknown;
  declare private address: string;
  private table: ModelTable = {};

  constructor() {
    super();
    this.outline = [];
    this.wanted = '';
    this.shown = nothing;
    this.address = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.open);
    Promise.all([loadOutline(), loadTable()]).then(([outline, table]) => {
      [this.outline, this.table] = [outline, table];
      this.open();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.open);
  }

  private readonly open = async (): Promise<void> => {
    const address = decodeURIComponent(location.hash.slice(1)) || 'kernels/matmul';
    const [kind, name, part] = address.split('/');
    this.address = `${kind}/${name}`;
    document.title = `${name} – Learn – Eightfold studio`;
    const page = await this.pageOf(kind, name);
    if (this.address !== `${kind}/${name}`) return; // another was asked for meanwhile
    this.shown =
      page ??
      html`<p class="problem" role="alert">
        learn: there is no page '${address}'. Choose one from the list.
      </p>`;
    await this.updateComplete;
    const shown = this.renderRoot.querySelector<LitElement>('.page > *');
    await shown?.updateComplete;
    if (part) shown?.renderRoot?.querySelector(`#${CSS.escape(part)}`)?.scrollIntoView();
    else if (location.hash) scrollTo(0, 0);
  };

  private async pageOf(kind: string, name: string): Promise<unknown> {
    if (kind === 'kernels' && Object.hasOwn(contractPages, name)) {
      const page = await contractPages[name]();
      return html`<learn-contract .name=${name} .page=${page}></learn-contract>`;
    }
    if (kind === 'families' && Object.hasOwn(familyTitles, name)) {
      const folder = folderOf(name as Family);
      const page = await familyPages[folder]();
      return html`<learn-family
        .heading=${familyTitles[name as Family]}
        .folder=${folder}
        .page=${page}
      ></learn-family>`;
    }
    const info = kind === 'models' ? infoOf(name) : undefined;
    return info ? this.modelPage(name, info) : null;
  }

  private async modelPage(name: string, info: ModelInfo) {
    const { files, claim } = this.table[name];
    const parts = await Promise.all(
      files.map(async (path) => {
        const [folder, file] = path.split('/');
        const page = await familyPages[folder]();
        return { folder, file: page.files.find((each) => each.name === file) };
      }),
    );
    const { formulas } = (await objectivesOf[info.family]())[name];
    return html`<learn-model
      .name=${name}
      .info=${info}
      .claim=${claim}
      .formulas=${formulas}
      .files=${parts}
    ></learn-model>`;
  }

  protected override render() {
    return html`
      <site-header page="learn"></site-header>
      <main>
        ${this.renderList()}
        <div class="page">${this.shown}</div>
      </main>
    `;
  }

  private renderList() {
    const wide = matchMedia('(min-width: 60rem)').matches;
    return html`<nav class="list" aria-label="Pages of the source">
      <details ?open=${wide}>
        <summary>All pages</summary>
        <input
          type="search"
          placeholder="Find a kernel or model"
          aria-label="Find a kernel or model"
          @input=${(e: Event) => {
            this.wanted = (e.target as HTMLInputElement).value.trim().toLowerCase();
          }}
        />
        <h2>Families</h2>
        ${families.map((family) => {
          const title = familyTitles[family];
          const own = models.filter(([, info]) => info.family === family);
          return this.renderGroup(
            this.renderLink(`families/${family}`, title),
            own.map(([name, info]) => [`models/${name}`, info.title]),
            title,
          );
        })}
        <h2>Kernels</h2>
        ${this.outline.map(({ title, contracts }) =>
          this.renderGroup(
            title,
            contracts.map((name) => [`kernels/${name}`, name]),
            title,
          ),
        )}
      </details>
    </nav>`;
  }

  private renderGroup(heading: unknown, entries: (readonly [string, string])[], title: string) {
    const whole = title.toLowerCase().includes(this.wanted);
    const found = entries.filter(
      ([address, name]) => whole || `${address} ${name}`.toLowerCase().includes(this.wanted),
    );
    if (!found.length) return nothing;
    return html`<h3>${heading}</h3>
      ${found.map(([address, name]) => this.renderLink(address, name))}`;
  }

  private renderLink(address: string, text: string) {
    const current = address === this.address ? 'page' : nothing;
    return html`<a href="#${address}" aria-current=${current}>${text}</a>`;
  }
}

customElements.define('learn-app', LearnApp);
