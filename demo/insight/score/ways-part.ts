import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base } from '../../views/styles.ts';
import type { Layer } from '../draw-plane.ts';
import '../frame-scrubber.ts';
import { LongAnswer } from '../long-answer.ts';
import { parts } from '../parts.ts';
import '../plane-canvas.ts';
import type { AskWays, Ways } from './questions.ts';

/** Points that are followed, and those of them whose way is drawn. */
const [COUNT, DRAWN] = [300, 60];

const SAMPLERS: Record<AskWays['by'], string> = {
  own: 'the model’s sampler',
  euler_maruyama: 'reverse SDE, Euler–Maruyama',
  predictor_corrector: 'reverse SDE, predictor–corrector',
  heun: 'probability flow, Heun',
  rk45: 'probability flow, RK45',
  forward: 'forward: data to noise',
};

/** Points on their way from noise to data, by one sampler or another, or back. */
export class WaysPart extends LitElement {
  static override styles = [base, parts];
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    by: { state: true },
    at: { state: true },
    step: { state: true },
  };

  declare session: Session;
  declare version: number;
  declare private by: AskWays['by'];
  /** The frame that is shown; null: the last. */
  declare private at: number | null;
  /** The step of training after which the ways were taken. */
  declare private step: number;
  private readonly ways = new LongAnswer<AskWays, never, Ways>(this, 'ways');

  constructor() {
    super();
    this.by = 'own';
    this.at = null;
    this.step = 0;
  }

  private get form(): Form & { kind: 'points' } {
    return this.session.opened?.form as Form & { kind: 'points' };
  }

  protected override render() {
    const { answer, running, error } = this.ways;
    const several = this.session.run.model === 'score_sde';
    const offered = Object.entries(SAMPLERS).filter(([name]) => several || name === 'own');
    return html`
      <h3>Ways from noise to data</h3>
      <div class="row">
        <label>
          by
          <select
            @change=${(e: Event) => {
              this.by = (e.target as HTMLSelectElement).value as AskWays['by'];
            }}
          >
            ${offered.map(([name, title]) => html`<option value=${name}>${title}</option>`)}
          </select>
        </label>
        <button ?disabled=${running} @click=${this.follow}>
          ${running ? 'Following…' : 'Follow'}
        </button>
      </div>
      ${error ? html`<p class="bad">${error}</p>` : nothing}
      ${answer ? this.renderWays(answer) : nothing}
    `;
  }

  private async follow(): Promise<void> {
    await this.ways.begin({ by: this.by, count: COUNT });
    if (this.ways.error) return;
    this.step = this.version;
    this.at = null;
  }

  private renderWays({ frames, places }: Ways) {
    const { extent } = this.form;
    const at = Math.min(this.at ?? Infinity, frames - 1);
    const now = places.subarray(2 * COUNT * at, 2 * COUNT * (at + 1));
    const paths = Array.from({ length: DRAWN }, (_, i) =>
      Float32Array.from({ length: 2 * (at + 1) }, (_, k) => {
        return places[2 * (COUNT * (k >> 1) + i) + (k % 2)];
      }),
    );
    const layers: Layer[] = [
      {
        kind: 'points',
        points: this.session.opened?.examples as Float32Array,
        token: '--data',
        radius: 1.5,
      },
      { kind: 'lines', paths, token: '--second', width: 0.9 },
      { kind: 'points', points: now, token: '--accent', radius: 2.6 },
    ];
    const text = `frame ${at + 1} of ${frames}`;
    return html`
      <frame-scrubber
        .count=${frames}
        .at=${at}
        .text=${text}
        .label=${'Frames of the way'}
        @seek=${(e: CustomEvent<number>) => {
          this.at = e.detail;
        }}
      ></frame-scrubber>
      <div class="pair">
        <figure>
          <plane-canvas
            .extent=${extent}
            .layers=${layers}
            .label=${`${COUNT} points on their way and the paths of ${DRAWN}, ${text}.`}
          ></plane-canvas>
          <figcaption>
            ${COUNT} points, the paths of ${DRAWN} of them, and the data; the model after step ${this.step}.
          </figcaption>
        </figure>
      </div>
    `;
  }
}

customElements.define('ways-part', WaysPart);
