import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { lossText } from '../../views/format.ts';
import { base } from '../../views/styles.ts';
import type { Bar } from '../bar-list.ts';
import '../bar-list.ts';
import { type Layer, rangeOf } from '../draw-plane.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import { placeText, readField } from '../plane-canvas.ts';
import { quantile, sizesOf } from '../vectors.ts';
import type { AskPlane, GanPlane } from './questions.ts';

/** Cells of the field each way. */
const SIDE = 64;
/** How long the arrow of a strong pull is, in units of the plane, and which part of all are weaker. */
const [LONG, STRONG] = [0.45, 0.9];

/** The critic's score over the plane, what it makes samples do, and the modes that they cover. */
export class CriticPlane extends LitElement {
  static override styles = [base, parts];
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    pulled: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** Whether arrows are drawn. */
  declare private pulled: boolean;

  private readonly plane = new Inquiry<AskPlane, GanPlane>(this, 'plane', () => ({ side: SIDE }));

  constructor() {
    super();
    this.pulled = true;
  }

  private get form(): Form & { kind: 'points' } {
    return this.session.opened?.form as Form & { kind: 'points' };
  }

  protected override render() {
    const { answer, error } = this.plane;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Asking the critic…</p>`;
    const pulls = sizesOf(answer.pull);
    const [low, high] = rangeOf(answer.scores);
    const { extent } = this.form;
    const read = readField(answer.scores, extent);
    const told = `Scores from ${lossText(low)} to ${lossText(high)}; median pull ${lossText(quantile(pulls, 0.5))}.`;
    return html`
      <div class="row">
        <label>
          <input
            type="checkbox"
            .checked=${this.pulled}
            @change=${() => {
              this.pulled = !this.pulled;
            }}
          />
          arrows: where each sample is pulled
        </label>
      </div>
      <div class="pair">
        <figure>
          <plane-canvas
            .extent=${extent}
            .layers=${this.layers(answer, pulls)}
            .read=${(x: number, y: number) => {
              const score = read(x, y);
              return `score ${lossText(score)}, σ(score) ${lossText(1 / (1 + Math.exp(-score)))} at ${placeText(x, y)}`;
            }}
            .label=${`The critic’s score over the plane with ${answer.fakes.length / 2} samples and the data. ${told}`}
          ></plane-canvas>
          <figcaption>
            ${told} Strong colour: the critic takes it for data. Grey: data; orange: samples of the
            generator as trained; arrows: the way its loss falls.
          </figcaption>
        </figure>
        ${answer.hits ? this.renderModes(answer, answer.hits) : nothing}
      </div>
    `;
  }

  private layers({ scores, fakes, pull }: GanPlane, pulls: number[]): Layer[] {
    const factor = LONG / (quantile(pulls, STRONG) || 1);
    const { examples } = this.session.opened ?? {};
    return [
      { kind: 'field', values: scores },
      { kind: 'points', points: examples as Float32Array, token: '--data', radius: 1.6 },
      { kind: 'points', points: fakes, token: '--second', radius: 2 },
      ...(this.pulled
        ? [
            {
              kind: 'arrows',
              at: fakes.subarray(0, pull.length),
              by: pull,
              factor,
              token: '--ink',
            } as const,
          ]
        : []),
    ];
  }

  private renderModes({ covered, fakes }: GanPlane, hits: readonly number[]) {
    const count = fakes.length / 2;
    const fair = count / hits.length;
    const near = hits.reduce((a, b) => a + b, 0) / count;
    const bars: Bar[] = hits.map((value, i) => ({
      name: String(i + 1),
      value,
      text: String(value),
      marked: value < fair / 5,
    }));
    return html`<figure>
      <h3>${covered} of ${hits.length} modes covered</h3>
      <bar-list
        .bars=${bars}
        .most=${Math.max(2 * fair, ...hits)}
        .label=${`Samples at each mode, of ${count}`}
      ></bar-list>
      <figcaption>
        Samples within 3σ of each mode, of ${count}; ${Math.round(fair)} is a fair share, and a fifth
        of it counts as covered. ${(100 * near).toFixed(0)} % are near a mode.
      </figcaption>
    </figure>`;
  }
}

customElements.define('critic-plane', CriticPlane);
