import { css, html, LitElement, nothing, type PropertyValues, svg } from 'lit';
import { leastMs } from '../../bench/roofs/least.ts';
import type { Roofs } from '../../bench/types.ts';
import type { Dispatch, Profile } from '../protocol.ts';
import { msText } from './format.ts';
import { base } from './styles.ts';
import { type Timeline, timelineOf } from './timeline-bars.ts';

const [WIDTH, LANE] = [1000, 16];
const CLOSEST = 64;

/**
 * One step as a time line, a bar for each dispatch and a lane for each op, those that take longest on top.
 * Fires `choose` with the index of a dispatch.
 */
export class StepTimeline extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        margin-bottom: 0.9rem;
      }
      .lanes {
        display: grid;
        grid-template-columns: minmax(5rem, auto) minmax(0, 1fr);
        gap: 0 0.6rem;
      }
      ul {
        max-width: 14rem;
        margin: 0;
        padding: 0;
        font: 0.75rem/16px var(--mono);
        list-style: none;
      }
      li {
        display: flex;
        justify-content: space-between;
        gap: 0.6rem;
        height: 16px;
      }
      li .soft {
        flex: none;
      }
      li span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      svg {
        display: block;
        width: 100%;
        border-radius: 4px;
        background: var(--sunken);
        cursor: crosshair;
      }
      rect {
        fill: var(--accent);
      }
      rect.odd {
        fill: color-mix(in srgb, var(--accent) 70%, var(--ink));
      }
      rect.chosen {
        fill: var(--second);
      }
      .line {
        display: flex;
        align-items: start;
        gap: 0.4rem;
        margin-top: 0.35rem;
      }
      .line button {
        flex: none;
        min-height: 1.7rem;
      }
      .fact {
        flex: 1;
        min-height: 2.9em;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      code {
        font: 0.95em var(--mono);
      }
      @media (max-width: 50rem) {
        ul {
          max-width: 7rem;
        }
        li span + span {
          display: none;
        }
      }
    `,
  ];

  static override properties = {
    profile: { attribute: false },
    chosen: { type: Number },
    roofs: { attribute: false },
    zoom: { state: true },
    pointed: { state: true },
  };

  declare profile: Profile;
  declare chosen: number;
  /** What the adapter can do at most, where the bench has measured it. */
  declare roofs: Roofs | null;
  /** How many times less than the whole step is in sight. */
  declare private zoom: number;
  /** The dispatch below the pointer, -1 for none. */
  declare private pointed: number;
  private timeline: Timeline = { bars: [], lanes: [], total: 0 };

  constructor() {
    super();
    this.zoom = 1;
    this.pointed = -1;
    this.roofs = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('profile')) return;
    this.timeline = timelineOf(this.profile.dispatches);
    this.pointed = -1;
  }

  /** The time at the left edge: what is chosen stays in sight. */
  private get start(): number {
    const { bars, total } = this.timeline;
    const { from = 0, ms = 0 } = bars[this.chosen] ?? {};
    const span = total / this.zoom;
    return Math.min(Math.max(0, from + ms / 2 - span / 2), total - span);
  }

  protected override render() {
    const { bars, lanes, total } = this.timeline;
    if (!(total > 0)) {
      return html`<p class="small soft">
        This adapter tells no times of dispatches, so there is no time line.
      </p>`;
    }
    const { start } = this;
    const height = lanes.length * LANE;
    const span = total / this.zoom;
    const x = (ms: number) => ((ms - start) / span) * WIDTH;
    const longest = lanes.map(({ op, ms }) => `${op} ${msText(ms)}`).slice(0, 3);
    return html`
      <div
        class="lanes"
        tabindex="0"
        role="region"
        aria-label="Time line of one step: arrows choose a dispatch, plus and minus zoom"
        @keydown=${this.press}
      >
        <ul aria-label="Time by op">
          ${lanes.map(
            ({ op, ms }) =>
              html`<li title=${op}><span>${op}</span><span class="soft">${msText(ms)}</span></li>`,
          )}
        </ul>
        <svg
          viewBox="0 0 ${WIDTH} ${height}"
          height=${height}
          preserveAspectRatio="none"
          role="img"
          aria-label=${`${bars.length} dispatches in ${msText(total)}, most in ${longest.join(', ')}`}
          @pointermove=${this.point}
          @pointerleave=${() => (this.pointed = -1)}
          @click=${() => this.choose(this.pointed)}
        >
          ${bars.map(({ from, ms, lane }, i) => {
            const [left, right] = [x(from), x(from + ms)];
            if (right < 0 || left > WIDTH) return nothing;
            const kind = i === this.chosen ? 'chosen' : i % 2 ? 'odd' : '';
            return svg`<rect class=${kind} x=${left.toFixed(2)} y=${lane * LANE + 2}
              width=${Math.max(1, right - left).toFixed(2)} height=${LANE - 4} />`;
          })}
        </svg>
      </div>
      <div class="line">
        <p class="fact small">${this.renderFact(this.pointed < 0 ? this.chosen : this.pointed)}</p>
        <button aria-label="Zoom out" ?disabled=${this.zoom === 1} @click=${() => this.zoomBy(0.5)}>
          −
        </button>
        <button aria-label="Zoom in" @click=${() => this.zoomBy(2)}>+</button>
      </div>
    `;
  }

  private renderFact(i: number) {
    const dispatch = this.profile.dispatches[i];
    if (!dispatch) return nothing;
    const { op, kernel, shapes, ms, bytes, flops } = dispatch;
    const facts = [
      `${msText(ms)}, ${((100 * ms) / this.timeline.total).toFixed(1)} % of the step`,
      ...(flops ? [`${(flops / ms / 1e6).toFixed(2)} GFLOP/s`] : []),
      `${(bytes / ms / 1e6).toFixed(2)} GB/s`,
      ...(this.roofs ? [roofText(dispatch, this.roofs)] : []),
    ];
    const zoomed = this.zoom > 1 ? ` · zoom ${this.zoom}×` : '';
    return html`<b>${i + 1}</b> ${op} <code>${kernel} ${shapes}</code> <span class="soft">${facts.join(' · ')}${zoomed}</span>`;
  }

  private zoomBy(factor: number): void {
    this.zoom = Math.min(CLOSEST, Math.max(1, this.zoom * factor));
  }

  private choose(i: number): void {
    if (i >= 0) this.dispatchEvent(new CustomEvent<number>('choose', { detail: i }));
  }

  private point({ offsetX, currentTarget }: PointerEvent): void {
    const { width } = (currentTarget as Element).getBoundingClientRect();
    const { bars, total } = this.timeline;
    const at = this.start + (offsetX / width) * (total / this.zoom);
    this.pointed = bars.findIndex(({ from, ms }) => at < from + ms);
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.timeline.bars.length - 1;
    const to = {
      ArrowLeft: Math.max(0, this.chosen - 1),
      ArrowRight: Math.min(last, this.chosen + 1),
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) this.choose(to);
    else if (event.key === '+' || event.key === '=') this.zoomBy(2);
    else if (event.key === '-') this.zoomBy(0.5);
    else if (event.key === '0') this.zoom = 1;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** How near a dispatch is to what the adapter can do. */
function roofText(dispatch: Dispatch, roofs: Roofs): string {
  const { compute, memory } = leastMs(dispatch, roofs);
  const share = Math.max(compute, memory) / dispatch.ms;
  return `${(100 * share).toFixed(0)} % of the roof (${compute > memory ? 'compute' : 'memory'})`;
}

customElements.define('step-timeline', StepTimeline);
