import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import '../completion-part.ts';
import { Inquiry } from '../inquiry.ts';
import '../line-plot.ts';
import { LongAnswer } from '../long-answer.ts';
import { parts } from '../parts.ts';
import '../quality-part.ts';
import './noise-frames.ts';
import type { ChainFacts, Forward, Frame, Reverse } from './questions.ts';

/** The tag of the view. */
export const TAG = 'diffusion-view';

/** Steps of DDIM that can be chosen, and those whose quality is measured. */
const PASSES = [5, 10, 20, 50];

/** How data become noise, what the model makes of it, and how samples come of noise. */
export class DiffusionView extends LitElement {
  static override styles = [base, card, parts];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    there: { state: true },
    back: { state: true },
    passes: { state: true },
    guidance: { state: true },
    label: { state: true },
    eta: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** The frames that are shown on the way to noise, and back; null: the newest. */
  declare private there: number;
  declare private back: number | null;
  declare private passes: number;
  declare private guidance: number;
  declare private label: number;
  declare private eta: number;
  private seed = 0;
  private readonly facts = new Inquiry<object, ChainFacts>(this, 'facts', () => ({}), true);
  private readonly forward = new Inquiry<Forward, Frame[]>(this, 'forward', () => ({ seed: 0 }));
  private readonly reverse = new LongAnswer<Reverse, Frame>(this, 'reverse');

  constructor() {
    super();
    this.there = 0;
    this.back = null;
    this.passes = 20;
    this.guidance = 0;
    this.label = -1;
    this.eta = 0;
  }

  private get form(): Form {
    return this.session.opened?.form as Form;
  }

  private get data(): Float32Array | null {
    return this.form.kind === 'points' ? (this.session.opened?.examples as Float32Array) : null;
  }

  protected override render() {
    if (!this.session.opened) return nothing;
    const facts = this.facts.answer;
    return html`
      <div class="head"><h2>To noise and back</h2></div>
      <section>${this.renderForward()}</section>
      ${
        facts
          ? html`<section>${this.renderReverse(facts)}</section>
              <section>
                <quality-part
                  .session=${this.session}
                  .version=${this.version}
                  .passes=${this.choices(facts)}
                  what="steps of DDIM"
                ></quality-part>
              </section>`
          : nothing
      }
      ${
        this.form.kind === 'images' && this.session.run.model !== 'latent_diffusion'
          ? html`<section>
              <completion-part .session=${this.session} .version=${this.version}></completion-part>
            </section>`
          : nothing
      }
    `;
  }

  private choices({ steps }: ChainFacts): number[] {
    return [...PASSES.filter((passes) => passes < steps), Math.min(100, steps)];
  }

  private renderForward() {
    const { answer, error } = this.forward;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Adding noise…</p>`;
    return html`
      <h3>From data to noise</h3>
      <p class="note">
        The same examples and the same noise at every step; the model tells the data from each.
      </p>
      <noise-frames
        .frames=${answer}
        .form=${this.form}
        .behind=${this.data}
        .at=${this.there}
        label="Steps from data to noise"
        @seek=${(e: CustomEvent<number>) => {
          this.there = e.detail;
        }}
      ></noise-frames>
      <line-plot
        across="t"
        up="error of the noise, mean of (ε − ε̂)²"
        .at=${answer[Math.min(this.there, answer.length - 1)].t + 1}
        .spots=${answer.map(({ t, error: squares }) => [t + 1, squares])}
      ></line-plot>
    `;
  }

  private renderReverse(facts: ChainFacts) {
    const frames = this.reverse.parts;
    return html`
      <h3>From noise to samples</h3>
      ${this.renderTools(facts)}
      ${this.reverse.error ? html`<p class="bad">${this.reverse.error}</p>` : nothing}
      ${
        frames.length
          ? html`<noise-frames
              trails
              .frames=${frames}
              .form=${this.form}
              .behind=${this.data}
              .at=${this.back ?? frames.length - 1}
              label="Steps from noise to samples"
              @seek=${(e: CustomEvent<number>) => {
                this.back = e.detail;
              }}
            ></noise-frames>`
          : nothing
      }
    `;
  }

  private renderTools(facts: ChainFacts) {
    const { running } = this.reverse;
    const number = (set: (value: number) => void) => (e: Event) => {
      set(Number((e.target as HTMLInputElement).value));
      if (this.reverse.parts.length) this.draw(); // the same noise with the new setting
    };
    return html`<div class="row">
      <button
        class="primary"
        @click=${running ? () => this.reverse.end() : () => this.draw()}
      >
        ${running ? 'Stop' : 'Draw'}
      </button>
      <button
        @click=${() => {
          this.seed++;
          this.draw();
        }}
      >
        Other noise
      </button>
      <label>
        steps of DDIM
        <select @change=${number((v) => (this.passes = v))}>
          ${this.choices(facts).map(
            (n) => html`<option value=${n} ?selected=${n === this.passes}>${n}</option>`,
          )}
        </select>
      </label>
      <label>
        η
        <input
          type="range"
          min="0"
          max="1"
          step="0.1"
          .value=${String(this.eta)}
          @change=${number((v) => (this.eta = v))}
        />
        <output>${this.eta}</output>
      </label>
      ${facts.classes ? this.renderGuidance(facts, number) : nothing}
    </div>`;
  }

  private renderGuidance(
    facts: ChainFacts,
    number: (set: (value: number) => void) => (e: Event) => void,
  ) {
    return html`<label>
        class
        <select @change=${number((v) => (this.label = v))}>
          <option value="-1">all in turn</option>
          ${Array.from({ length: facts.classes }, (_, i) => html`<option value=${i}>${i}</option>`)}
        </select>
      </label>
      <label>
        guidance
        <input
          type="range"
          min="0"
          max="6"
          step="0.25"
          .value=${String(this.guidance)}
          @change=${number((v) => (this.guidance = v))}
        />
        <output>${this.guidance}</output>
      </label>`;
  }

  private draw(): void {
    this.back = null;
    const { seed, passes, eta, guidance, label } = this;
    this.reverse.begin({ seed, passes, eta, guidance, label });
  }
}

customElements.define(TAG, DiffusionView);
