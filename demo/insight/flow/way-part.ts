import { html, LitElement } from 'lit';
import type { Session } from '../../session.ts';
import { lossText } from '../../views/format.ts';
import { base } from '../../views/styles.ts';
import { type Layer, rangeOf } from '../draw-plane.ts';
import '../frame-scrubber.ts';
import { Inquiry } from '../inquiry.ts';
import type { Spot } from '../line-plot.ts';
import '../line-plot.ts';
import { parts } from '../parts.ts';
import '../plane-canvas.ts';
import { type AskWay, type Curve, REACH, type Way } from './questions.ts';

/** Half the side of what is shown. */
const EXTENT = 4;

const CURVES: Record<Curve, string> = {
  circle: 'the circle of radius 1 of the noise',
  line: 'the line from −2 to 2 of the noise',
};

/** A grid, a curve and samples on their way from noise to data, map by map. */
export class WayPart extends LitElement {
  static override styles = [base, parts];
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    stage: { state: true },
    curve: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** Maps that have been done; null: all. */
  declare private stage: number | null;
  declare private curve: Curve;

  private readonly way = new Inquiry<AskWay, Way>(this, 'way', () => ({ curve: this.curve }));

  constructor() {
    super();
    this.stage = null;
    this.curve = 'circle';
  }

  /** The data, once the way has come to them. */
  private data(arrived: boolean): Layer[] {
    const points = this.session.opened?.examples as Float32Array;
    return arrived ? [{ kind: 'points', points, token: '--data', radius: 1.6 }] : [];
  }

  protected override render() {
    const { answer, error } = this.way;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Carrying a grid through the flow…</p>`;
    const { maps } = answer;
    const stage = Math.min(this.stage ?? maps, maps);
    const volumes = curveVolumes(answer, stage);
    const [low, high] = rangeOf(volumes);
    const range = `${lossText(low)} to ${lossText(high)}`;
    const where = stage === 0 ? 'noise' : stage === maps ? 'data' : `after map ${stage} of ${maps}`;
    const spots: Spot[] = volumes.map((v, i) => [i + 1, v]);
    return html`
      <frame-scrubber
        .count=${maps + 1}
        .at=${stage}
        .text=${where}
        .label=${'Maps of the flow, from noise to data'}
        @seek=${(e: CustomEvent<number>) => {
          this.stage = e.detail;
        }}
      ></frame-scrubber>
      <div class="row">
        <label>
          filament
          <select
            @change=${(e: Event) => {
              this.curve = (e.target as HTMLSelectElement).value as Curve;
            }}
          >
            ${Object.entries(CURVES).map(([name, title]) => html`<option value=${name}>${title}</option>`)}
          </select>
        </label>
      </div>
      <div class="pair">
        <figure>
          <plane-canvas
            .extent=${EXTENT}
            .layers=${[...this.data(stage === maps), ...layersOf(answer, stage)]}
            .label=${`A grid, samples and a filament, ${where}. Along the filament volume has grown by ${range} nats.`}
          ></plane-canvas>
          <figcaption>
            The grid of ±${REACH} standard deviations, and samples in the colour of the direction in which
            their noise lies: ${where}.
          </figcaption>
        </figure>
        <figure>
          <line-plot
            .spots=${spots}
            .across=${'places along the filament'}
            .up=${'log |det J| so far, nats'}
          ></line-plot>
          <figcaption>
            How much volume has grown along the filament, ${range} nats: where it grows the density falls.
          </figcaption>
        </figure>
      </div>
    `;
  }
}

/** log |det J| along the curve after so many maps. */
function curveVolumes({ logVolumes, places, maps, lines, along, curve }: Way, stage: number) {
  const n = places.length / 2 / (maps + 1);
  const start = stage * n + 2 * lines * along;
  return [...logVolumes.subarray(start, start + curve)];
}

function layersOf({ places, maps, lines, along, curve }: Way, stage: number): Layer[] {
  const size = places.length / (maps + 1);
  const [noise, now] = [
    places.subarray(0, size),
    places.subarray(stage * size, (stage + 1) * size),
  ];
  const paths = Array.from({ length: 2 * lines }, (_, i) =>
    now.subarray(2 * i * along, 2 * (i + 1) * along),
  );
  const first = 4 * lines * along;
  const samples = first + 2 * curve;
  const hues = Float32Array.from({ length: (size - samples) / 2 }, (_, i) => {
    const [x, y] = [noise[samples + 2 * i], noise[samples + 2 * i + 1]];
    return Math.atan2(y, x) / (2 * Math.PI) + 0.5;
  });
  return [
    { kind: 'lines', paths, token: '--soft', width: 0.8 },
    { kind: 'points', points: now.subarray(samples), hues, radius: 2.2 },
    { kind: 'lines', paths: [now.subarray(first, samples)], token: '--ink', width: 3 },
  ];
}

customElements.define('way-part', WayPart);
