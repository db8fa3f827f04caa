import { css, html, LitElement, nothing } from 'lit';
import { notes, signs } from '../../run/compare/columns.ts';
import type { Kind } from '../../run/compare/roster.ts';
import type { Comparison } from '../../run/compare/summary.ts';
import { layout } from '../studio-layout.ts';
import '../views/file-button.ts';
import '../views/site-header.ts';
import { base } from '../views/styles.ts';
import './compare-grids.ts';
import './compare-scatter.ts';
import './compare-table.ts';
import './human-quiz.ts';
import { fetchComparison, readComparison, shipped } from './read.ts';

/** What a family can say of the likelihood of an image. */
const KINDS: Record<Kind, string> = {
  exact: 'the number itself, as a product of conditionals or a sum over all hidden states',
  bound: 'the number is at most this: what is left out can only make it better',
  estimate: 'random draws or an approximate normaliser: it may be off either way',
  none: 'the model has no density that anybody can compute: samples are all there is',
};

/** A comparison of all families: the table, one column against another, samples, and the quiz. */
export class CompareApp extends LitElement {
  static override styles = [
    base,
    layout,
    css`
      main {
        grid-template-columns: minmax(0, 1fr);
      }
      .card {
        min-width: 0;
        padding: 1rem 1.1rem 1.1rem;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: var(--surface);
      }
      @media (min-width: 72rem) {
        main {
          grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
          align-items: stretch;
        }
        .wide {
          grid-column: 1 / -1;
        }
      }
      .over {
        outline: 2.5px dashed var(--accent);
        outline-offset: -6px;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.8rem;
      }
      dl {
        display: grid;
        grid-template-columns: auto auto 1fr;
        gap: 0.1rem 0.7rem;
        margin: 0.9rem 0 0;
        font-size: 0.85rem;
      }
      dd {
        margin: 0;
        color: var(--soft);
      }
      details {
        margin-top: 0.7rem;
        font-size: 0.85rem;
      }
      summary {
        width: fit-content;
        color: var(--soft);
        cursor: pointer;
      }
      ul {
        margin: 0.4rem 0 0;
        padding-left: 1.2rem;
        color: var(--soft);
      }
      pre {
        white-space: pre-wrap;
        margin: 0.6rem 0 0;
        padding: 0.6rem 0.8rem;
        border-radius: 8px;
        background: var(--sunken);
        font: 0.85rem/1.5 var(--mono);
      }
      .wrong {
        color: var(--danger);
      }
    `,
  ];

  static override properties = {
    name: { state: true },
    comparison: { attribute: false },
    problem: { state: true },
    over: { state: true },
  };

  /** The comparison that comes with the page, '' for one of a file. */
  declare private name: string;
  declare comparison: Comparison | null;
  declare private problem: string;
  /** Whether a file is held over the page. */
  declare private over: boolean;

  constructor() {
    super();
    this.name = '';
    this.comparison = null;
    this.problem = '';
    this.over = false;
    const [first] = Object.keys(shipped);
    if (first) this.choose(first);
  }

  private async choose(name: string): Promise<void> {
    this.name = name;
    try {
      const comparison = await fetchComparison(shipped[name]);
      if (name === this.name) this.show(comparison);
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }

  private show(comparison: Comparison): void {
    this.comparison = comparison;
    this.problem = '';
  }

  /** A bad file is refused and what was there stays. */
  private async open(file: File): Promise<void> {
    try {
      this.show(readComparison(await file.text()));
      this.name = '';
    } catch (error) {
      this.problem = `${file.name}: ${(error as Error).message}`;
    }
  }

  protected override render() {
    const { comparison } = this;
    return html`
      <site-header page="compare">${comparison?.adapters.join(', ') ?? nothing}</site-header>
      <main
        class=${this.over ? 'over' : ''}
        @dragover=${(e: DragEvent) => {
          e.preventDefault();
          this.over = true;
        }}
        @dragleave=${() => (this.over = false)}
        @drop=${(e: DragEvent) => {
          e.preventDefault();
          this.over = false;
          const [file] = e.dataTransfer?.files ?? [];
          if (file) this.open(file);
        }}
      >
        ${this.renderTable(comparison)}
        ${
          comparison
            ? html`
              ${card('One against another', html`<compare-scatter .comparison=${comparison}></compare-scatter>`)}
              ${card('Real or generated?', html`<human-quiz .comparison=${comparison}></human-quiz>`)}
              ${card('Samples', html`<compare-grids .comparison=${comparison}></compare-grids>`, 'wide')}
            `
            : nothing
        }
      </main>
    `;
  }

  private renderTable(comparison: Comparison | null) {
    const names = Object.keys(shipped);
    return html`<section class="card wide" aria-label="Comparison">
      <div class="head">
        <h2>${comparison ? `Every family on ${comparison.data}, with the same budget` : 'Comparison'}</h2>
        <div class="tools">
          ${
            names.length > 1 || (names.length && !this.name)
              ? html`<select
                aria-label="Comparison"
                @change=${(e: Event) => this.choose((e.target as HTMLSelectElement).value)}
              >
                ${this.name ? nothing : html`<option value="">of a file</option>`}
                ${names.map((n) => html`<option ?selected=${n === this.name}>${n}</option>`)}
              </select>`
              : nothing
          }
          <file-button
            label="Open another…"
            @file=${(e: CustomEvent<File>) => this.open(e.detail)}
          ></file-button>
        </div>
      </div>
      <p class="wrong small" role="alert">${this.problem}</p>
      ${
        comparison
          ? this.renderComparison(comparison)
          : html`<p>
              No comparison comes with this page. This command trains every model and writes one; open its
              .json file here, or drop it on the page:
            </p>
            <pre>npm run compare -- --data digits8 --out docs/compare-digits8</pre>`
      }
    </section>`;
  }

  private renderComparison(comparison: Comparison) {
    return html`
      <p class="small soft">
        A title sorts by its column.
        ${
          comparison.seeds.length === 1
            ? 'One run of each.'
            : `Means ± standard deviations over ${comparison.seeds.length} seeds.`
        }
      </p>
      <compare-table .comparison=${comparison}></compare-table>
      <dl aria-label="Kinds of likelihood">
        ${Object.entries(KINDS).map(
          ([kind, text]) => html`<dt>${kind}</dt><dt>${signs[kind as Kind]}</dt><dd>${text}</dd>`,
        )}
      </dl>
      <details>
        <summary>How it was measured</summary>
        <ul>
          ${notes(comparison).map((note) => html`<li>${note}</li>`)}
        </ul>
      </details>
    `;
  }
}

const card = (title: string, content: unknown, kind = '') =>
  html`<section class="card ${kind}" aria-label=${title}>
    <div class="head"><h2>${title}</h2></div>
    ${content}
  </section>`;

customElements.define('compare-app', CompareApp);
