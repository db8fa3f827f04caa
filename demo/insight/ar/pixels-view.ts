import { css, html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import '../completion-part.ts';
import '../frame-scrubber.ts';
import { Inquiry } from '../inquiry.ts';
import { LongAnswer } from '../long-answer.ts';
import { parts } from '../parts.ts';
import '../pixel-board.ts';
import './next-value.ts';
import type { DrawValues, Drawn, FieldOfPixel, PixelField } from './questions.ts';

/** An autoregressive model of images: what a pixel hears, and how an image is drawn. */
export class PixelsView extends LitElement {
  static override styles = [
    base,
    card,
    parts,
    css`
      pixel-board {
        max-width: 24rem;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    pixel: { state: true },
    frame: { state: true },
    temperature: { state: true },
    label: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** The pixel whose receptive field is shown; null: the middle one. */
  declare private pixel: number | null;
  /** The value of the drawing that is shown; null: the newest. */
  declare private frame: number | null;
  declare private temperature: number;
  declare private label: number;
  private seed = 0;
  private readonly field = new Inquiry<FieldOfPixel, PixelField>(this, 'field', () => ({
    image: 0,
    pixel: this.place,
  }));
  private readonly drawing = new LongAnswer<DrawValues, Drawn[]>(this, 'draw');

  constructor() {
    super();
    this.pixel = null;
    this.frame = null;
    this.temperature = 1;
    this.label = 0;
  }

  private get form(): Form & { kind: 'images' } {
    return this.session.opened?.form as Form & { kind: 'images' };
  }

  private get place(): number {
    const { height, width } = this.form;
    return this.pixel ?? Math.floor(height / 2) * width + Math.floor(width / 2);
  }

  protected override render() {
    return html`
      <div class="head"><h2>Pixel by pixel</h2></div>
      <section>${this.renderField()}</section>
      <section>${this.renderDrawing()}</section>
      <section>
        <completion-part .session=${this.session} .version=${this.version}></completion-part>
      </section>
    `;
  }

  private renderField() {
    const { answer, error } = this.field;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Finding the receptive field…</p>`;
    const { heat, image } = answer;
    const most = Math.max(...heat);
    const heard = heat.filter((v) => v > 0).length;
    const where = this.nameOf(this.place);
    const strongest = heat.indexOf(most);
    const text =
      heard === 0
        ? `The pixel in ${where} hears no other.`
        : `The pixel in ${where} hears ${heard} of ${heat.length} pixels, most that in ${this.nameOf(strongest)}.`;
    return html`
      <h3>Receptive field</h3>
      <div class="pair">
        <figure>
          <pixel-board
            .form=${this.form}
            .values=${image}
            .heat=${heat.map((v) => (most ? Math.sqrt(v / most) : 0))}
            .cursor=${this.place}
            .label=${text}
            @point=${(e: CustomEvent<number>) => {
              this.pixel = e.detail;
            }}
          ></pixel-board>
        </figure>
        <div>
          <p>${text}</p>
          <p class="note">
            Colour: how much the distribution of the marked pixel changes with each other one,
            |∂ output / ∂ input| by automatic differentiation, root mean square over test images
            (shown by its square root). No colour: exactly 0.
          </p>
          <p class="note">Move over the image, or use the arrow keys.</p>
        </div>
      </div>
    `;
  }

  private nameOf(pixel: number): string {
    const { width } = this.form;
    return `row ${Math.floor(pixel / width) + 1}, column ${(pixel % width) + 1}`;
  }

  private renderDrawing() {
    const drawn = this.drawing.parts.flat();
    return html`
      <h3>Drawing an image</h3>
      ${this.renderTools()}
      ${this.drawing.error ? html`<p class="bad">${this.drawing.error}</p>` : nothing}
      ${drawn.length ? this.renderDrawn(drawn) : nothing}
    `;
  }

  private renderTools() {
    const { running } = this.drawing;
    const classes = this.session.run.settings.conditional === 'class';
    return html`<div class="row">
      <button class="primary" @click=${running ? () => this.drawing.end() : this.draw}>
        ${running ? 'Stop' : 'Draw'}
      </button>
      <label>
        temperature
        <input
          type="number"
          min="0.1"
          max="10"
          step="0.1"
          .value=${String(this.temperature)}
          @change=${(e: Event) => {
            const { valueAsNumber } = e.target as HTMLInputElement;
            if (valueAsNumber > 0) this.temperature = valueAsNumber;
          }}
        />
      </label>
      ${
        classes
          ? html`<label>
              class
              <input
                type="number"
                min="0"
                max="9"
                .value=${String(this.label)}
                @change=${(e: Event) => {
                  this.label = (e.target as HTMLInputElement).valueAsNumber || 0;
                }}
              />
            </label>`
          : nothing
      }
    </div>`;
  }

  private draw(): void {
    this.frame = null;
    const { temperature, label } = this;
    this.drawing.begin({ given: [], seed: this.seed++, temperature, label });
  }

  private renderDrawn(drawn: Drawn[]) {
    const at = Math.min(this.frame ?? drawn.length - 1, drawn.length - 1);
    const { height, width, channels } = this.form;
    const image = new Float32Array(height * width * channels);
    const levels = drawn[0].probabilities.length;
    const concealed = Array<number>(height * width).fill(1);
    for (const { place, value } of drawn.slice(0, at + 1)) {
      image[place] = value / (levels - 1);
      concealed[Math.floor(place / channels)] = 0;
    }
    const now = drawn[at];
    const pixel = Math.floor(now.place / channels);
    const where = `${at + 1} of ${image.length}: ${this.nameOf(pixel)}`;
    return html`
      <div class="pair">
        <figure>
          <pixel-board
            still
            .form=${this.form}
            .values=${image}
            .concealed=${concealed}
            .cursor=${pixel}
            .label=${`The first ${at + 1} values of an image; the newest is the pixel in ${this.nameOf(pixel)}.`}
          ></pixel-board>
        </figure>
        <next-value .drawn=${now} .names=${null}></next-value>
      </div>
      <frame-scrubber
        .count=${drawn.length}
        .at=${at}
        .text=${where}
        label="Values in the model's order"
        @seek=${(e: CustomEvent<number>) => {
          this.frame = e.detail;
        }}
      ></frame-scrubber>
    `;
  }
}

customElements.define('pixels-view', PixelsView);
