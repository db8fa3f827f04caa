import { css, html, LitElement, nothing } from 'lit';
import type { Form } from '../../models/data/form.ts';
import type { Session } from '../session.ts';
import { base } from '../views/styles.ts';
import type { Completable, Complete } from './completion-answers.ts';
import { Inquiry } from './inquiry.ts';
import { parts } from './parts.ts';
import './picture-grid.ts';
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
    completed: { state: true },
    busy: { state: true },
    error: { state: true },
  };

  declare session: Session;
  declare version: number;
  declare private chosen: number;
  /** [H·W], 0 where a pixel is erased; null: the lower half is. */
  declare private known: number[] | null;
  declare private cursor: number | null;
  declare private completed: Float32Array | null;
  declare private busy: boolean;
  declare private error: string;
  private erasing = true;
  private readonly images = new Inquiry<object, Completable>(this, 'completable', () => ({}), true);

  constructor() {
    super();
    this.chosen = 0;
    this.known = null;
    this.cursor = null;
    this.completed = null;
    this.busy = false;
    this.error = '';
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
            @pointerdown=${() => {
              this.erasing = this.mask[this.cursor ?? 0] === 1;
            }}
            @keydown=${() => {
              this.erasing = this.mask[this.cursor ?? 0] === 1;
            }}
            @press=${(e: CustomEvent<number>) => this.paint(e.detail)}
          ></pixel-board>
          <figcaption>Hatched is erased: draw over it to erase more.</figcaption>
        </figure>
        <figure>
          ${
            this.completed
              ? html`<picture-grid
                  .form=${this.form}
                  .values=${this.completed}
                  .columns=${3}
                  .label=${`${COUNT} completions.`}
                ></picture-grid>`
              : nothing
          }
          <figcaption>
            ${this.completed ? `${COUNT} completions by the model as it was then` : ''}
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
      ${this.error ? html`<p class="bad">${this.error}</p>` : nothing}
    `;
  }

  private renderTools({ images }: Completable, image: Float32Array) {
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
            this.completed = null;
          }}
        >
          ${Array.from({ length: count }, (_, i) => html`<option value=${i}>${i + 1}</option>`)}
        </select>
      </label>
      <button @click=${fill(() => 0)}>Erase all</button>
      <button @click=${fill(() => 1)}>Restore all</button>
      <button class="primary" ?disabled=${this.busy} @click=${() => this.complete(image)}>
        ${this.busy ? 'Completing…' : 'Complete'}
      </button>
    </div>`;
  }

  private paint(pixel: number): void {
    this.known = this.mask.map((known, i) => (i === pixel ? Number(!this.erasing) : known));
  }

  private async complete(image: Float32Array): Promise<void> {
    this.busy = true;
    this.error = '';
    const question: Complete = { image: image.slice(), known: this.mask, count: COUNT };
    try {
      this.completed = await this.session.ask<Float32Array>('complete', question);
    } catch (error) {
      this.error = (error as Error).message;
    }
    this.busy = false;
  }
}

customElements.define('completion-part', CompletionPart);
