import { css, html, LitElement } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import { base } from '../../views/styles.ts';
import type { Layer } from '../draw-plane.ts';
import '../frame-scrubber.ts';
import { parts } from '../parts.ts';
import '../picture-grid.ts';
import '../plane-canvas.ts';
import type { Frame } from './questions.ts';

/** Points that leave a trail, at most. */
const TRAILS = 60;

/** x_t and x̂_0 along a chain, with a slider. Fires `seek` with the frame. */
export class NoiseFrames extends LitElement {
  static override styles = [
    base,
    parts,
    css`
      frame-scrubber {
        margin-top: 0.6rem;
      }
    `,
  ];

  static override properties = {
    frames: { attribute: false },
    form: { attribute: false },
    behind: { attribute: false },
    trails: { type: Boolean },
    at: { type: Number },
    label: {},
  };

  declare frames: readonly Frame[];
  declare form: Form;
  /** Points of the data. */
  declare behind: Float32Array | null;
  /** Whether the ways of points are drawn. */
  declare trails: boolean;
  declare at: number;
  declare label: string;

  constructor() {
    super();
    this.behind = null;
    this.trails = false;
  }

  protected override render() {
    const at = Math.min(this.at, this.frames.length - 1);
    const frame = this.frames[at];
    const level = `${Math.round(100 * frame.signal)} % data`;
    const time = frame.t < 0 ? 'no noise' : `t = ${frame.t + 1}`;
    const past = this.trails ? this.frames.slice(0, at) : [];
    return html`
      <div class="pair">
        ${this.renderPart(
          'x_t',
          `${time}, ${level}`,
          frame.x,
          past.map(({ x }) => x),
        )}
        ${this.renderPart(
          'x̂_0',
          'the data that the model takes it for',
          frame.x0,
          past.map(({ x0 }) => x0),
        )}
      </div>
      <frame-scrubber
        .count=${this.frames.length}
        .at=${at}
        .label=${this.label}
        .text=${`${time}, ${level}`}
        @seek=${(e: CustomEvent<number>) =>
          this.dispatchEvent(new CustomEvent('seek', { detail: e.detail }))}
      ></frame-scrubber>
    `;
  }

  private renderPart(name: string, text: string, values: Float32Array, past: Float32Array[]) {
    const { form } = this;
    const [symbol, index] = name.split('_');
    const label = `${name}: ${text}. ${statsText(values)}`;
    return html`<figure>
      ${
        form.kind === 'points'
          ? html`<plane-canvas
              .extent=${form.extent}
              .layers=${layersOf(values, this.behind, past)}
              .label=${label}
            ></plane-canvas>`
          : html`<picture-grid
              .form=${form}
              .values=${values}
              .columns=${4}
              .label=${label}
            ></picture-grid>`
      }
      <figcaption><i>${symbol}</i><sub>${index}</sub>: ${text}</figcaption>
    </figure>`;
  }
}

/** Points over those of the data, with the ways that some of them came: where they were, oldest first. */
function layersOf(
  points: Float32Array,
  behind: Float32Array | null,
  past: readonly Float32Array[],
): Layer[] {
  const way = [...past, points];
  const paths = Array.from({ length: Math.min(TRAILS, points.length / 2) }, (_, i) =>
    Float32Array.from(way.flatMap((at) => [at[2 * i], at[2 * i + 1]])),
  );
  return [
    ...(behind ? [{ kind: 'points', points: behind, token: '--data' } as const] : []),
    { kind: 'lines', paths, token: '--second', width: 0.9 },
    { kind: 'points', points, token: '--accent' },
  ];
}

function statsText(values: Float32Array): string {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return `Mean ${mean.toFixed(2)}, standard deviation ${Math.sqrt(variance).toFixed(2)}.`;
}

customElements.define('noise-frames', NoiseFrames);
