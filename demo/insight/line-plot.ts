import { css, html, LitElement, nothing, svg } from 'lit';
import { countText, lossText } from '../views/format.ts';
import { base } from '../views/styles.ts';

/** A point of a line. */
export type Spot = readonly [x: number, y: number];

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [360, 180, 48, 34];

/** A small chart of y over x, points joined by a line, with both ranges in numbers. */
export class LinePlot extends LitElement {
  static override styles = [
    base,
    css`
      svg {
        display: block;
        width: 100%;
        max-width: 32rem;
        font: 11px var(--sans);
      }
      line {
        stroke: var(--line);
      }
      line.at {
        stroke: var(--third);
        stroke-dasharray: 4 3;
      }
      path {
        fill: none;
        stroke: var(--accent);
        stroke-width: 2;
      }
      circle {
        fill: var(--accent);
      }
      text {
        fill: var(--soft);
      }
    `,
  ];

  static override properties = {
    spots: { attribute: false },
    at: { attribute: false },
    logarithmic: { type: Boolean },
    across: {},
    up: {},
  };

  declare spots: readonly Spot[];
  /** Where on the x axis a line stands. */
  declare at: number | null;
  /** Whether x grows by factors. */
  declare logarithmic: boolean;
  /** What x and y are. */
  declare across: string;
  declare up: string;

  constructor() {
    super();
    this.spots = [];
    this.at = null;
    this.logarithmic = false;
  }

  protected override render() {
    const spots = this.spots.filter(([, y]) => Number.isFinite(y));
    if (!spots.length) return nothing;
    const xs = spots.map(([x]) => x);
    const ys = spots.map(([, y]) => y);
    const scale = (x: number) => (this.logarithmic ? Math.log(x) : x);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [low, high] = [Math.min(0, ...ys), Math.max(...ys)];
    const across = (x: number) =>
      LEFT + ((scale(x) - scale(left)) / (scale(right) - scale(left) || 1)) * (WIDTH - LEFT - 14);
    const up = (y: number) =>
      HEIGHT - BOTTOM - ((y - low) / (high - low || 1)) * (HEIGHT - BOTTOM - 22);
    const path = spots.map(([x, y], i) => `${i ? 'L' : 'M'}${across(x)} ${up(y)}`).join('');
    const few = spots.length <= 12;
    const told = spots.filter((_, i) => few || i % Math.ceil(spots.length / 8) === 0);
    const words = told.map(([x, y]) => `${x}: ${lossText(y)}`).join(', ');
    return html`<svg
      viewBox="0 0 ${WIDTH} ${HEIGHT}"
      role="img"
      aria-label=${`${this.up} by ${this.across}. ${words}.`}
    >
      <line x1=${LEFT} x2=${WIDTH - 14} y1=${up(low)} y2=${up(low)}></line>
      <line x1=${LEFT} x2=${WIDTH - 14} y1=${up(high)} y2=${up(high)}></line>
      <text x="0" y="10">${this.up}</text>
      <text x=${LEFT - 6} y=${up(high) + 4} text-anchor="end">${valueText(high)}</text>
      <text x=${LEFT - 6} y=${up(low) + 4} text-anchor="end">${valueText(low)}</text>
      ${(few ? xs : [left, right]).map(
        (x) => svg`<text x=${across(x)} y=${HEIGHT - BOTTOM + 14} text-anchor="middle">${x}</text>`,
      )}
      <text x=${(LEFT + WIDTH) / 2} y=${HEIGHT - 4} text-anchor="middle">${this.across}</text>
      ${
        this.at === null
          ? nothing
          : svg`<line class="at" x1=${across(this.at)} x2=${across(this.at)} y1="22" y2=${up(low)}></line>`
      }
      <path d=${path}></path>
      ${
        few
          ? spots.map(
              ([x, y]) => svg`<circle cx=${across(x)} cy=${up(y)} r="3.5">
                <title>${x}: ${lossText(y)}</title>
              </circle>`,
            )
          : nothing
      }
    </svg>`;
  }
}

const valueText = (y: number) => (Number.isInteger(y) ? countText(y) : lossText(y));

customElements.define('line-plot', LinePlot);
