import { css, html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import '../completion-part.ts';
import '../frame-scrubber.ts';
import { LongAnswer } from '../long-answer.ts';
import { parts } from '../parts.ts';
import '../quality-part.ts';
import { COUNT } from './moment-view.ts';
import type { Moment, Unmask } from './questions.ts';

/** The tag of the view. */
export const TAG = 'discrete-view';

/** How samples of a discrete diffusion come out of masks or noise, symbol by symbol. */
export class DiscreteView extends LitElement {
  static override styles = [
    base,
    card,
    parts,
    css`
      frame-scrubber {
        margin-top: 0.7rem;
      }
      .typing {
        flex: 1 1 18rem;
      }
      .typed {
        flex: 1 1 10rem;
        min-width: 0;
        font-family: var(--mono);
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    frame: { state: true },
    passes: { state: true },
    pattern: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** The moment that is shown; null: the newest. */
  declare private frame: number | null;
  /** Passes of the next draw; null: as the settings say. */
  declare private passes: number | null;
  /** What is given of texts. */
  declare private pattern: string;
  /** What was given of the samples that are shown. */
  private given = '';
  private readonly drawing = new LongAnswer<Unmask, Moment>(this, 'unmask');

  constructor() {
    super();
    this.frame = null;
    this.passes = null;
    this.pattern = '';
  }

  private get form(): Form & { kind: 'images' | 'tokens' } {
    return this.session.opened?.form as Form & { kind: 'images' | 'tokens' };
  }

  /** Whether noise is a mask. */
  private get masks(): boolean {
    return (this.session.run.settings.noise ?? 'absorbing') === 'absorbing';
  }

  private get most(): number {
    const { times, passes } = this.session.run.settings;
    return Number(times ?? Math.max(256, Number(passes)));
  }

  protected override render() {
    if (!this.session.opened) return nothing;
    const { session, version } = this;
    const passes = Number(session.run.settings.passes);
    const fewer = Array.from({ length: Math.ceil(Math.log2(passes)) }, (_, k) => 2 ** k);
    return html`
      <div class="head"><h2>${this.masks ? 'Out of the masks' : 'Out of the noise'}</h2></div>
      <section>${this.renderTools(passes)} ${this.renderMoments()}</section>
      <section>
        <quality-part
          .session=${session}
          .version=${version}
          .passes=${[...fewer, passes]}
          what="passes"
        ></quality-part>
      </section>
      ${
        this.form.kind === 'images'
          ? html`<section>
              <completion-part .session=${session} .version=${version}></completion-part>
            </section>`
          : nothing
      }
    `;
  }

  private renderTools(standard: number) {
    const { running } = this.drawing;
    return html`<div class="row">
      ${
        this.form.kind === 'tokens'
          ? html`<label class="typing">
              given
              <input
                class="typed"
                spellcheck="false"
                autocomplete="off"
                placeholder="nothing; or letters with _ for blanks"
                .value=${this.pattern}
                @input=${(e: Event) => {
                  this.pattern = (e.target as HTMLInputElement).value.toLowerCase();
                }}
                @keydown=${(e: KeyboardEvent) => e.key === 'Enter' && this.draw(standard)}
              />
            </label>`
          : nothing
      }
      <label>
        passes
        <input
          type="number"
          min="1"
          max=${this.most}
          .value=${String(this.passes ?? standard)}
          @change=${(e: Event) => {
            const { valueAsNumber } = e.target as HTMLInputElement;
            const whole = Math.min(this.most, Math.max(1, Math.round(valueAsNumber)));
            this.passes = Number.isFinite(whole) ? whole : null;
          }}
        />
      </label>
      <button
        class="primary"
        @click=${running ? () => this.drawing.end() : () => this.draw(standard)}
      >
        ${running ? 'Stop' : 'Draw'}
      </button>
    </div>`;
  }

  private draw(standard: number): void {
    this.frame = null;
    this.given = this.pattern;
    this.drawing.begin({
      pattern: this.pattern || null,
      passes: this.passes ?? standard,
      count: COUNT[this.form.kind],
    });
  }

  private renderMoments() {
    const { parts: moments, error } = this.drawing;
    if (error) return html`<p class="bad" role="alert">${error.replace('--given: ', '')}</p>`;
    if (!moments.length) {
      return html`<p class="note">Draw samples to see which symbols come when.</p>`;
    }
    const at = Math.min(this.frame ?? moments.length - 1, moments.length - 1);
    const { done, symbols, mask } = moments[at];
    const before = moments[at - 1]?.symbols ?? symbols.map(() => mask);
    const fresh = symbols.map((symbol, i) => Number(symbol !== before[i]));
    const masked = symbols.map((symbol) => Number(symbol === mask));
    const left = masked.reduce((a, b) => a + b, 0);
    const text = this.masks
      ? `pass ${done}: ${left} of ${symbols.length} masked`
      : `pass ${done}: ${fresh.reduce((a, b) => a + b, 0)} changed`;
    return html`
      <moment-view
        .form=${this.form}
        .shown=${{ symbols, fresh, masked, mask }}
        .given=${this.given}
      ></moment-view>
      <frame-scrubber
        .count=${moments.length}
        .at=${at}
        .text=${text}
        label="Passes"
        @seek=${(e: CustomEvent<number>) => {
          this.frame = e.detail;
        }}
      ></frame-scrubber>
      <p class="note">
        ${this.masks ? 'Hatched: masked. ' : ''}Outlined: new in this pass.
        ${this.given ? 'Underlined: given.' : ''}
      </p>
    `;
  }
}

customElements.define(TAG, DiscreteView);
