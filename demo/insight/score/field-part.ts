import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { lossText } from '../../views/format.ts';
import { base } from '../../views/styles.ts';
import { type Layer, rangeOf } from '../draw-plane.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import { placeText, readField } from '../plane-canvas.ts';
import { quantile, sizesOf } from '../vectors.ts';
import { Walk } from '../walk.ts';
import { walkButtons } from '../walk-buttons.ts';
import type { AskField, AskWalkers, ScoreField } from './questions.ts';

/** Walkers, moves of an answer, and answers in which an annealed walk goes through all levels. */
const [WALKERS, MOVES, ANNEALED] = [300, 4, 60];
/** How long the arrow of a strong score is, in units of the plane, and which part of all are weaker. */
const [LONG, STRONG] = [0.32, 0.8];

/** The learned score beside the true one at a level of noise, where they differ, and walkers that follow it. */
export class FieldPart extends LitElement {
  static override styles = [base, parts];
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    place: { state: true },
    annealed: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** The level of noise, from 0, the most, to 1, the least. */
  declare private place: number;
  /** Whether the noise falls as walkers go on. */
  declare private annealed: boolean;

  private readonly field = new Inquiry<AskField, ScoreField>(this, 'field', () => ({
    place: this.place,
  }));
  private readonly walk = new Walk<AskWalkers>(this, (x, rounds) => {
    if (this.annealed) this.place = Math.min(1, Math.round((20 * rounds) / ANNEALED) / 20);
    return { x, place: this.place, count: WALKERS };
  });

  constructor() {
    super();
    this.place = 0.7;
    this.annealed = false;
  }

  private get form(): Form & { kind: 'points' } {
    return this.session.opened?.form as Form & { kind: 'points' };
  }

  protected override render() {
    const { walk } = this;
    const { answer, error } = this.field;
    if (error || walk.error) return html`<p class="bad">${error || walk.error}</p>`;
    if (!answer) return html`<p class="soft">Asking for the score…</p>`;
    const moves = MOVES * Math.max(0, walk.rounds - 1);
    return html`
      <div class="row">${this.renderLevel(answer)} ${walkButtons(walk)}</div>
      <div class="pair">
        ${this.renderArrows(answer, moves)}
        ${answer.error ? this.renderError(answer, answer.error) : nothing}
      </div>
    `;
  }

  private renderLevel({ std, scale }: ScoreField) {
    const noise = `σ = ${lossText(std)}${scale < 1 ? `, data × ${lossText(scale)}` : ''}`;
    if (this.session.run.model === 'score_matching')
      return html`<span class="note">${noise}</span>`;
    return html`<label>
        noise
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          .value=${String(this.place)}
          aria-valuetext=${noise}
          @input=${(e: Event) => {
            this.place = Number((e.target as HTMLInputElement).value);
          }}
        />
        <output>${noise}</output>
      </label>
      <label>
        <input
          type="checkbox"
          .checked=${this.annealed}
          @change=${() => {
            this.annealed = !this.annealed;
            this.walk.restart();
          }}
        />
        falls as they walk
      </label>`;
  }

  private renderArrows(field: ScoreField, moves: number) {
    const { x } = this.walk;
    const learned = quantile(sizesOf(field.learned), 0.5);
    const told = `Median size of the learned score ${lossText(learned)}${
      field.exact ? `, of the true one ${lossText(quantile(sizesOf(field.exact), 0.5))}` : ''
    }.`;
    const walked = x ? `${WALKERS} walkers after ${moves} moves.` : '';
    return html`<figure>
      <plane-canvas
        .extent=${this.form.extent}
        .layers=${this.layers(field)}
        .read=${(a: number, b: number) => arrowText(field, a, b)}
        .label=${`The score over the plane. ${told} ${walked}`}
      ></plane-canvas>
      <figcaption>
        Plain arrows: the learned score; ${field.exact ? 'orange: the true one; ' : ''}grey: data with this noise.
        ${told} ${walked}
      </figcaption>
    </figure>`;
  }

  private layers({ at, learned, exact, noisy }: ScoreField): Layer[] {
    const { x } = this.walk;
    const factor = LONG / (quantile(sizesOf(exact ?? learned), STRONG) || 1);
    return [
      { kind: 'points', points: noisy, token: '--data', radius: 1.8 },
      ...(exact ? [{ kind: 'arrows', at, by: exact, factor, token: '--second' } as const] : []),
      { kind: 'arrows', at, by: learned, factor, token: '--ink' },
      ...(x ? [{ kind: 'points', points: x, token: '--accent', radius: 2.8 } as const] : []),
    ];
  }

  private renderError({ meanError, noisy }: ScoreField, error: Float32Array) {
    const { extent } = this.form;
    const [, most] = rangeOf(error);
    const read = readField(error, extent);
    return html`<figure>
      <plane-canvas
        .extent=${extent}
        .layers=${[
          { kind: 'field', values: error, range: [0, Math.min(most, 2)] },
          { kind: 'points', points: noisy, token: '--data', radius: 1.5 },
        ]}
        .read=${(x: number, y: number) =>
          `σ ‖s − ∇log p‖ = ${lossText(read(x, y))} at ${placeText(x, y)}`}
        .label=${`The error of the score over the plane, up to ${lossText(most)} times 1/σ. On the data ${lossText(meanError ?? 0)} on average, squared.`}
      ></plane-canvas>
      <figcaption>
        Error σ ‖s − ∇log p‖, up to ${lossText(most)}: it is learned only where noisy data come. There its
        mean square is ${lossText(meanError ?? 0)}, of 2 for no score at all where noise is little.
      </figcaption>
    </figure>`;
  }
}

/** The score at the arrow nearest to a place. */
function arrowText({ at, learned, exact }: ScoreField, x: number, y: number): string {
  let best = 0;
  for (let i = 0; i < at.length; i += 2) {
    const far = (k: number) => Math.hypot(at[k] - x, at[k + 1] - y);
    if (far(i) < far(best)) best = i;
  }
  const vector = (v: Float32Array) => placeText(v[best], v[best + 1]);
  const truth = exact ? `, true ${vector(exact)}` : '';
  return `learned ${vector(learned)}${truth} at ${placeText(at[best], at[best + 1])}`;
}

customElements.define('field-part', FieldPart);
