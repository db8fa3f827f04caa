import { css, html, LitElement, nothing, svg } from 'lit';
import { columns, number } from '../../run/compare/columns.ts';
import type { Comparison, Line } from '../../run/compare/summary.ts';
import { familyTitles } from '../../models/settings.ts';
import { base } from '../views/styles.ts';
import { axisOf, placed } from './axis.ts';
import { familyClass, marks } from './family-mark.ts';
import { axisLines, INSET, realBox, realLines, SIZE, widthOf } from './scatter-frame.ts';

/** Likelihoods of different pixels can't be compared: this column shows one part of the table. */
const PARTED = '−log p';

const numeric = columns.filter(({ text }) => !text);

/** One column of a comparison against another, a point for each model. */
export class CompareScatter extends LitElement {
  static override styles = [
    base,
    marks,
    css`
      .choices {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 1rem;
        margin-bottom: 0.6rem;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 0.4rem;
        color: var(--soft);
        font-size: 0.85rem;
      }
      .scroll {
        overflow-x: auto;
      }
      svg {
        display: block;
        width: 100%;
        min-width: 34rem;
        max-width: 56rem;
        font: 12px var(--sans);
      }
      .grid {
        stroke: var(--line);
      }
      .real {
        stroke: var(--data);
        stroke-dasharray: 4 4;
      }
      text {
        fill: var(--soft);
      }
      .name {
        fill: color-mix(in srgb, currentColor 65%, var(--ink));
      }
      circle {
        fill: currentColor;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1rem;
        margin: 0.4rem 0 0;
        padding: 0;
        font-size: 0.85rem;
        list-style: none;
      }
      li {
        color: var(--ink);
      }
    `,
  ];

  static override properties = {
    comparison: { attribute: false },
    across: { state: true },
    up: { state: true },
    pixels: { state: true },
  };

  declare comparison: Comparison;
  declare private across: string;
  declare private up: string;
  /** Models of which pixels are drawn: 0 black and white, 1 many levels, -1 all. */
  declare private pixels: number;

  constructor() {
    super();
    this.across = 'ms/sample';
    this.up = 'Fréchet ↓';
    this.pixels = -1;
  }

  protected override render() {
    const choose = (name: 'across' | 'up') => (e: Event) => {
      this[name] = (e.target as HTMLSelectElement).value;
    };
    const titles = numeric.map(({ title }) => [title, title] as const);
    return html`
      <div class="choices">
        ${this.renderChoice('up', titles, this.up, choose('up'))}
        ${this.renderChoice('across', titles, this.across, choose('across'))}
        ${this.renderChoice(
          'models of',
          [
            ['-1', 'all pixels'],
            ['0', 'black and white'],
            ['1', 'many levels'],
          ],
          String(this.shownPixels),
          (e) => {
            this.pixels = Number((e.target as HTMLSelectElement).value);
          },
        )}
      </div>
      ${this.renderChart()}
    `;
  }

  private renderChoice(
    label: string,
    options: readonly (readonly [string, string])[],
    value: string,
    change: (event: Event) => void,
  ) {
    return html`<label>
      ${label}
      <select @change=${change}>
        ${options.map(
          ([name, text]) =>
            html`<option value=${name} ?selected=${name === value}>${text}</option>`,
        )}
      </select>
    </label>`;
  }

  private get shownPixels(): number {
    const parted = this.across === PARTED || this.up === PARTED;
    return this.pixels < 0 && parted ? 0 : this.pixels;
  }

  private get lines(): readonly Line[] {
    const { lines } = this.comparison;
    const pixels = ['binary', 'levels'][this.shownPixels];
    return lines.filter((line) => pixels === undefined || line.pixels === pixels);
  }

  private renderChart() {
    const [x, y] = [this.across, this.up].map((title) => numeric.find((c) => c.title === title)!);
    const points = this.lines.flatMap((line) => {
      const [a, b] = [x.by(line), y.by(line)];
      return typeof a === 'number' && typeof b === 'number' ? [{ line, at: [a, b] as const }] : [];
    });
    if (points.length === 0) {
      return html`<p class="soft">No model here has both ${x.title} and ${y.title}.</p>`;
    }
    const real = [x, y].map((column) => column.real?.(this.comparison.floor) ?? null);
    const { width, height } = SIZE;
    const across = axisOf(
      [...points.map(({ at }) => at[0]), ...real.slice(0, 1)],
      INSET.left,
      width - INSET.right,
    );
    const up = axisOf(
      [...points.map(({ at }) => at[1]), ...real.slice(1)],
      height - INSET.bottom,
      INSET.top,
    );
    const said = points.map(
      ({ line, at }) => `${line.title}: ${x.title} ${number(at[0])}, ${y.title} ${number(at[1])}`,
    );
    const names = placed(
      points.map(({ line, at }) => ({
        ...{ x: across.at(at[0]), y: up.at(at[1]) },
        width: widthOf(line.title),
      })),
      [INSET.left, width - INSET.right],
      real[1] === null ? [] : [realBox(up.at(real[1]))],
    );
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="Chart">
        <svg
          viewBox="0 0 ${width} ${height}"
          role="img"
          aria-label=${`${y.title} against ${x.title}. ${said.join('; ')}`}
        >
          ${axisLines(across, up, x.title, y.title)} ${realLines(across, up, real)}
          ${points.map(({ line, at }, i) => {
            const { x: left, y: top, end } = names[i];
            return svg`<g class=${familyClass(line.family)}>
              <title>${said[i]}</title>
              <circle cx=${across.at(at[0]).toFixed(1)} cy=${up.at(at[1]).toFixed(1)} r="5" />
              <text class="name" x=${left.toFixed(1)} y=${top.toFixed(1)}
                text-anchor=${end ? 'end' : 'start'}>${line.title}</text>
            </g>`;
          })}
        </svg>
      </div>
      ${this.renderLegend(points.map(({ line }) => line))}
    `;
  }

  private renderLegend(drawn: readonly Line[]) {
    const left = this.lines.filter((line) => !drawn.includes(line));
    return html`
      <ul aria-label="Colours">
        ${Object.entries(familyTitles).map(([name, title]) =>
          drawn.some(({ family }) => family === name)
            ? html`<li><span class="mark ${familyClass(name)}"></span>${title}</li>`
            : nothing,
        )}
      </ul>
      ${
        left.length
          ? html`<p class="small soft">
              Without a number here: ${left.map(({ title }) => title).join(', ')}.
            </p>`
          : nothing
      }
    `;
  }
}

customElements.define('compare-scatter', CompareScatter);
