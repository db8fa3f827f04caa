import { html, LitElement, nothing, unsafeCSS } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { type Case, cases } from '../../bench/cases.ts';
import { chartsOf } from '../../bench/report/html/page.ts';
import { chartStyle } from '../../bench/report/html/style.ts';
import { render } from '../../bench/report/render.ts';
import { choiceLines } from '../../bench/report.ts';
import type { Report, Row } from '../../bench/types.ts';
import { layout } from '../studio-layout.ts';
import { download } from '../views/download.ts';
import '../views/site-header.ts';
import { base } from '../views/styles.ts';
import { benchLayout } from './bench-layout.ts';
import './bench-rows.ts';
import { openRunner, type Runner } from './runner.ts';

/** What a report can be exported as: for people, for the bench, and for files. */
const EXPORTS = [
  ['JSON', 'json', 'json', 'application/json'],
  ['CSV', 'csv', 'csv', 'text/csv'],
  ['Markdown', 'md', 'md', 'text/markdown'],
  ['page', 'html', 'html', 'text/html'],
] as const;

/** A case belongs to the kind of its problem. */
const kinds = [...new Set(cases.map(({ problem }) => problem.kind))];

/** The bench in a page: chosen cases run in workers, one after another, and show their rows. */
export class BenchApp extends LitElement {
  static override styles = [base, unsafeCSS(chartStyle), layout, benchLayout];

  static override properties = {
    chosen: { state: true },
    variants: { state: true },
    rows: { state: true },
    status: { state: true },
    fraction: { state: true },
    stopping: { state: true },
    runner: { state: true },
  };

  declare chosen: ReadonlySet<string>;
  /** Whether every variant races too. */
  declare private variants: boolean;
  declare rows: Row[];
  declare status: string;
  /** Part of the run that is done, or null when none runs. */
  declare private fraction: number | null;
  declare private stopping: AbortController | null;
  declare private runner: Runner | null;

  constructor() {
    super();
    this.chosen = new Set(['matmul 256']);
    this.variants = false;
    this.rows = [];
    this.status = '';
    this.fraction = null;
    this.stopping = null;
    this.runner = null;
  }

  /** Runs the chosen cases, or tunes by them. */
  private async start(tuning: boolean): Promise<void> {
    const todo = cases.filter(({ name }) => this.chosen.has(name));
    const stop = new AbortController();
    this.stopping = stop;
    this.rows = [];
    let done = 0;
    const tell = (fraction: number, note: string) => {
      this.fraction = (done + fraction) / todo.length;
      this.status = `${todo[done]?.name ?? ''}: ${note}`;
    };
    try {
      this.runner ??= await openRunner(tell, stop.signal);
      for (const one of todo) {
        tell(0, 'starting');
        const found = await this.race(this.runner, one, tuning, tell, stop.signal);
        this.rows = [...this.rows, ...found];
        done++;
      }
      this.status = tuning
        ? 'Done. This browser keeps the table, and the bench uses it from now on.'
        : 'Done.';
    } catch (error) {
      this.status = `${(error as Error).message}.`;
    }
    this.fraction = null;
    this.stopping = null;
  }

  private race(
    runner: Runner,
    one: Case,
    tuning: boolean,
    tell: (fraction: number, note: string) => void,
    stop: AbortSignal,
  ): Promise<Row[]> {
    return tuning
      ? runner.tune(one, tell, stop)
      : runner.run(one, this.variants ? '' : null, tell, stop);
  }

  private toggle(names: readonly string[], on: boolean): void {
    const chosen = new Set(this.chosen);
    for (const name of names) {
      if (on) chosen.add(name);
      else chosen.delete(name);
    }
    this.chosen = chosen;
  }

  protected override render() {
    return html`
      <site-header page="bench">${this.renderMachine()}</site-header>
      <main>
        ${this.renderCases()}
        <div class="live">
          ${this.renderControls()}
          ${
            this.rows.length
              ? html`<bench-rows .rows=${this.rows} .remarks=${choiceLines(this.rows)}></bench-rows>
                  ${this.renderCharts()}`
              : nothing
          }
        </div>
      </main>
    `;
  }

  private renderMachine() {
    if (!this.runner) return nothing;
    const { adapter, roofs } = this.runner.machine;
    const software = adapter.fallback ? ' (software)' : '';
    return `${adapter.vendor} ${adapter.architecture}${software}: ${roofs.gflops.toFixed(0)} GFLOP/s, ${roofs.gbps.toFixed(1)} GB/s at most`;
  }

  private renderCharts() {
    const roofs = this.runner?.machine.roofs ?? null;
    return html`<div class="charts">${unsafeHTML(chartsOf(this.rows, roofs).join(''))}</div>
      <section class="card controls" aria-label="Export">
        ${EXPORTS.map(
          ([title, format, suffix, type]) => html`<button
            @click=${() => download(`bench.${suffix}`, type, render[format](this.report()))}
          >
            Export ${title}
          </button>`,
        )}
      </section>`;
  }

  /** The rows with the circumstances that a page can tell. */
  private report(): Report {
    const { roofs, ...machine } = (this.runner as Runner).machine;
    const header = {
      ...machine,
      ...{ date: new Date().toISOString(), browser: navigator.userAgent, roofs },
      ...{ flags: [], args: [], versions: {}, commit: 'unknown' },
      cpu: `${navigator.hardwareConcurrency} threads`,
      load: [Number.NaN, Number.NaN] as [number, number], // a page is not told
    };
    return { schema: 2, header, rows: this.rows };
  }

  private renderCases() {
    return html`<section class="card cases" aria-labelledby="cases">
      <h2 id="cases">Cases</h2>
      ${kinds.map((kind) => {
        const own = cases.filter(({ problem }) => problem.kind === kind).map(({ name }) => name);
        const all = own.every((name) => this.chosen.has(name));
        return html`<fieldset>
          <legend>
            ${kind}
            <button class="link" ?disabled=${!!this.stopping} @click=${() => this.toggle(own, !all)}>
              ${all ? 'none' : 'all'}
            </button>
          </legend>
          ${own.map(
            (name) => html`<label>
              <input
                type="checkbox"
                .checked=${this.chosen.has(name)}
                ?disabled=${!!this.stopping}
                @change=${(e: Event) => this.toggle([name], (e.target as HTMLInputElement).checked)}
              />
              ${name}
            </label>`,
          )}
        </fieldset>`;
      })}
    </section>`;
  }

  private renderControls() {
    const idle = !this.stopping;
    const nothingChosen = this.chosen.size === 0;
    return html`<section class="card controls" aria-label="Run">
      <button class="primary" ?disabled=${!idle || nothingChosen} @click=${() => this.start(false)}>
        Run
      </button>
      <button
        title="Race all variants, and keep in this browser which is fastest"
        ?disabled=${!idle || nothingChosen}
        @click=${() => this.start(true)}
      >
        Tune
      </button>
      <button ?disabled=${idle} @click=${() => this.stopping?.abort()}>Stop</button>
      <label>
        <input
          type="checkbox"
          .checked=${this.variants}
          ?disabled=${!idle}
          @change=${(e: Event) => {
            this.variants = (e.target as HTMLInputElement).checked;
          }}
        />
        every variant
      </label>
      <progress ?hidden=${this.fraction === null} .value=${this.fraction ?? 0} aria-label="Done"></progress>
      <p class="small soft" role="status">
        ${this.status || 'Each case is checked against a float64 reference before it is timed.'}
      </p>
    </section>`;
  }
}

customElements.define('bench-app', BenchApp);
