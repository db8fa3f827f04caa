import { html, LitElement, nothing, unsafeCSS } from 'lit';
import uPlot from 'uplot';
import sheet from 'uplot/dist/uPlot.min.css?inline';
import { type Curve, emptyCurve, rangeOf } from '../curve.ts';
import type { Change } from '../../run/changes.ts';
import type { Reference } from '../../models/references.ts';
import { colour, LOSS_COLOURS, onScheme } from './colours.ts';
import { countText, lossText } from './format.ts';
import { chartStyles, HEIGHT } from './loss-chart-styles.ts';
import './loss-table.ts';
import { drawChanges, drawLevels, withReferences } from './reference-lines.ts';
import { base, card } from './styles.ts';

/** How each kind of reference is drawn, and what it means. */
const KINDS: Record<Reference['kind'], { dash: number[]; means: string }> = {
  floor: { dash: [7, 5], means: 'Floor, which no model is below' },
  baseline: { dash: [2, 4], means: 'Baselines, which any model should be below' },
  equilibrium: { dash: [10, 4, 2, 4], means: 'Where the game ends well' },
};

/** The losses of a run while it trains: each step faint, their moving average strong. */
export class LossChart extends LitElement {
  static override styles = [unsafeCSS(sheet), base, card, chartStyles];

  static override properties = {
    curve: { attribute: false },
    version: { type: Number },
    units: { attribute: false },
    changes: { attribute: false },
    references: { attribute: false },
    recorded: { type: Boolean },
    concealed: { state: true },
  };

  declare curve: Curve;
  /** Steps in the curve; a change redraws. */
  declare version: number;
  /** Unit of each loss by name. */
  declare units: Readonly<Record<string, string>>;
  /** Settings that were changed on the way. */
  declare changes: readonly Change[];
  declare references: readonly Reference[];
  /** Whether the curve is of an earlier run, shown until this one begins. */
  declare recorded: boolean;
  declare private concealed: ReadonlySet<string>;
  private plot: uPlot | null = null;
  private drawn = '';
  private readonly sizes = new ResizeObserver(([{ contentRect }]) =>
    this.plot?.setSize({
      width: Math.floor(contentRect.width),
      height: Math.floor(contentRect.height),
    }),
  );

  constructor() {
    super();
    this.curve = emptyCurve();
    this.units = {};
    this.changes = [];
    this.references = [];
    this.recorded = false;
    this.concealed = new Set();
    onScheme(this, this.remake);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    this.plot?.destroy();
    this.plot = null;
    this.drawn = '';
  }

  protected override render() {
    return html`
      <div class="head">
        <h2>Loss</h2>
        <div class="legend" role="group" aria-label="Losses shown">
          ${this.names.map((name, i) => this.renderKey(name, i))}
        </div>
      </div>
      <div class="plot" aria-hidden="true"></div>
      <p class="small soft">
        ${this.recorded ? 'Recorded earlier. ' : ''}Per training step; strong: moving average.
        ${Object.entries(KINDS).map(([kind, { means }]) => this.renderReferences(kind, means))}
      </p>
      <loss-table .curve=${this.curve} .version=${this.version} .units=${this.units}></loss-table>
    `;
  }

  private renderReferences(kind: string, means: string) {
    const those = this.references.filter((reference) => reference.kind === kind);
    if (!those.length) return nothing;
    const texts = those.map(({ name, value }) => `${name} ${lossText(value)}`);
    return html`<br />${means}: ${texts.join(', ')}.`;
  }

  private renderKey(name: string, i: number) {
    const shown = !this.concealed.has(name);
    const toggle = () => {
      const hidden = new Set(this.concealed);
      if (!hidden.delete(name)) hidden.add(name);
      this.concealed = hidden;
    };
    return html`<button
      class=${`loss${i}`}
      aria-pressed=${shown}
      @click=${toggle}
    >
      <span>${name}</span> <b>${lossText(this.curve.smooth[i]?.at(-1))}</b>
      <span class="soft">${this.units[name]}</span>
    </button>`;
  }

  /** The chart as it is drawn, without its keys. */
  async picture(): Promise<HTMLCanvasElement> {
    await this.updateComplete;
    await new Promise((done) => setTimeout(done)); // uPlot draws after what called it
    return (this.plot as uPlot).ctx.canvas;
  }

  private get names(): string[] {
    return this.curve.names.length ? this.curve.names : Object.keys(this.units);
  }

  protected override updated(): void {
    const wanted = [...this.names, '', ...this.concealed].join();
    if (wanted !== this.drawn) this.make();
    this.drawn = wanted;
    const { steps, raw, smooth } = this.curve;
    const columns = [steps, ...raw, ...smooth] as uPlot.AlignedData;
    this.plot?.setData(raw.length ? columns : [[], ...this.names.flatMap(() => [[], []])]);
  }

  private readonly remake = (): void => {
    this.drawn = '';
    this.requestUpdate();
  };

  private make(): void {
    this.plot?.destroy();
    const target = this.renderRoot.querySelector('.plot') as HTMLElement;
    const lines = this.names.map((name, i) => {
      return { show: !this.concealed.has(name), stroke: colour(this, LOSS_COLOURS[i]) };
    });
    const font = getComputedStyle(this).fontFamily;
    const options: uPlot.Options = {
      width: target.clientWidth || 600,
      height: target.clientHeight || HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: (_, __, max) => [0, Math.max(20, max)] }, y: this.scale },
      axes: [this.axis(font), { ...this.axis(font), size: 58 }],
      series: [
        {},
        ...lines.map((line) => ({ ...line, width: 1, alpha: 0.28, points: { show: false } })),
        ...lines.map((line) => ({ ...line, width: 2, points: { show: false } })),
      ],
      hooks: {
        draw: [
          (plot) => this.drawReferences(plot),
          (plot) => drawChanges(plot, this.changes, { colour: colour(this, '--third'), font }),
        ],
      },
    };
    this.plot = new uPlot(options, [[]], target);
    this.plot.ctx.canvas.addEventListener('contextrestored', this.remake);
    this.sizes.disconnect();
    this.sizes.observe(target);
  }

  private get scale(): uPlot.Scale {
    return {
      range: () => {
        const shown = this.curve.names.map((name) => !this.concealed.has(name));
        const [low, high] = withReferences(
          rangeOf(this.curve, shown) ?? [0, 1],
          this.shownReferences.map(({ value }) => value),
        );
        const margin = (high - low || Math.abs(high) || 1) * 0.06;
        return [low - margin, high + margin];
      },
    };
  }

  private get shownReferences(): Reference[] {
    const { names, steps } = this.curve;
    const shown = ({ loss }: Reference) => names.includes(loss) && !this.concealed.has(loss);
    return steps.length ? this.references.filter(shown) : [];
  }

  private axis(font: string): uPlot.Axis {
    const lines = { stroke: colour(this, '--line'), width: 1 };
    return {
      stroke: colour(this, '--soft'),
      font: `12px ${font}`,
      grid: lines,
      ticks: { show: false },
      values: (_, splits) => splits.map((v) => (v < 0 ? '−' : '') + countText(Math.abs(v))),
    };
  }

  private drawReferences(plot: uPlot): void {
    const several = this.curve.names.length > 1;
    const colours = this.shownReferences.map(({ loss }) =>
      colour(this, several ? LOSS_COLOURS[this.curve.names.indexOf(loss)] : '--soft'),
    );
    const lines = this.shownReferences.map(({ kind, name, value }, i) => ({
      ...{ value, colour: colours[i], dash: KINDS[kind].dash },
      text: `${name} ${lossText(value)}`,
    }));
    drawLevels(plot, lines, colour(this, '--surface'));
  }
}

customElements.define('loss-chart', LossChart);
