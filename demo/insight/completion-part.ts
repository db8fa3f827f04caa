import { css, html, LitElement, nothing } from 'lit';
import type { Form } from '../../models/data/form.ts';
import type { Session } from '../session.ts';
import { base } from '../views/styles.ts';
import type { Completable, Complete } from './completion-answers.ts';
import { Inquiry } from './inquiry.ts';
import { LongAnswer } from './long-answer.ts';
import { parts } from './parts.ts';
import './picture-grid.ts';
import type { Press } from './pixel-board.ts';
import './pixel-board.ts';

/** Completions that are drawn. */
const COUNT = 6;

/** A test image of which a person erases pixels, and what the model draws for them. */
export class CompletionPart extends LitElement {
  static override styles = [
    base,
    parts,
    css`
      pixel-board {
        max-width: 22rem;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    chosen: { state: true },
    known: { state: true },
    cursor: { state: true },
  };

  declare session: Session;
  declare version: number;
  declare private chosen: number;
  /** [H·W], 0 where a pixel is erased; null: the lower half is. */
  declare private known: number[] | null;
  declare private cursor: number | null;
  private erasing = true;
  private readonly images = new Inquiry<object, Completable>(this, 'completable', () => ({}), true);
  private readonly drawing = new LongAnswer<Complete, never, Float32Array>(this, 'complete');

  constructor() {
    super();
    this.chosen = 0;
    this.known = null;
    this.cursor = null;
  }

  private get form(): Form & { kind: 'images' } {
    return this.session.opened?.form as Form & { kind: 'images' };
  }

  private get mask(): number[] {
    const { width, height } = this.form;
    const half = Math.floor(height / 2) * width;
    return this.known ?? Array.from({ length: width * height }, (_, i) => Number(i < half));
  }

  protected override render() {
    const { answer, error } = this.images;
    if (!answer) return error ? html`<p class="bad">${error}</p>` : nothing;
    const { width, height, channels } = this.form;
    const size = width * height * channels;
    const image = answer.images.subarray(this.chosen * size, (this.chosen + 1) * size);
    const completed = this.drawing.answer;
    return html`
      <h3>Completing what is erased</h3>
      ${this.renderTools(answer, image)}
      <div class="pair">
        <figure>
          <pixel-board
            .form=${this.form}
            .values=${image}
            .concealed=${this.mask.map((known) => 1 - known)}
            .cursor=${this.cursor}
            .label=${`Test image ${this.chosen + 1}, ${this.mask.filter((k) => !k).length} of ${this.mask.length} pixels erased. Space erases or restores one.`}
            @point=${(e: CustomEvent<number>) => {
              this.cursor = e.detail;
            }}
            @press=${(e: CustomEvent<Press>) => this.paint(e.detail)}
          ></pixel-board>
          <figcaption>Hatched is erased: draw over it to erase more.</figcaption>
        </figure>
        <figure>
          ${
            completed
              ? html`<picture-grid
                  .form=${this.form}
                  .values=${completed}
                  .columns=${3}
                  .label=${`${COUNT} completions.`}
                ></picture-grid>`
              : nothing
          }
          <figcaption>
            ${completed ? `${COUNT} completions by the model as it was then` : ''}
          </figcaption>
        </figure>
      </div>
      ${
        answer.any
          ? nothing
          : html`<p class="note">
              A pixel is drawn given those before it: what is known below it does not change it.
            </p>`
      }
      ${this.drawing.error ? html`<p class="bad">${this.drawing.error}</p>` : nothing}
    `;
  }

  private renderTools({ images }: Completable, image: Float32Array) {
    const { running } = this.drawing;
    const count = images.length / image.length;
    const fill = (known: (i: number) => number) => () => {
      this.known = this.mask.map((_, i) => known(i));
    };
    return html`<div class="row">
      <label>
        test image
        <select
          @change=${(e: Event) => {
            this.chosen = Number((e.target as HTMLSelectElement).value);
            this.drawing.clear();
          }}
        >
          ${Array.from({ length: count }, (_, i) => html`<option value=${i}>${i + 1}</option>`)}
        </select>
      </label>
      <button @click=${fill(() => 0)}>Erase all</button>
      <button @click=${fill(() => 1)}>Restore all</button>
      <button class="primary" ?disabled=${running} @click=${() => this.complete(image)}>
        ${running ? 'Completing…' : 'Complete'}
      </button>
    </div>`;
  }

  /** A press erases, or restores what is erased, and so does the drag that goes on from it. */
  private paint({ pixel, first }: Press): void {
    if (first) this.erasing = this.mask[pixel] === 1;
    this.known = this.mask.map((known, i) => (i === pixel ? Number(!this.erasing) : known));
  }

  private complete(image: Float32Array): void {
    this.drawing.begin({ image: image.slice(), known: this.mask, count: COUNT });
  }
}

customElements.define('completion-part', CompletionPart);
