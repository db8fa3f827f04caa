import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Answer, Choice, QuizDesign, Trial } from '../../models/metrics/quiz.ts';
import { forms } from '../../run/compare/forms.ts';
import { drawImages } from '../views/draw.ts';
import { onScheme } from '../views/colours.ts';
import { base } from '../views/styles.ts';
import type { QuizImages } from './quiz-store.ts';

/** How long the stage is empty before images that are shown for a time, ms. */
const PAUSE_MS = 600;

/** What is on the stage: nothing yet, the images, or what hides them. */
type Scene = 'empty' | 'shown' | 'hidden';

/** One question: its images and the two answers, by button or key. Fires `answer`. */
export class QuizStage extends LitElement {
  static override styles = [
    base,
    css`
      .images {
        display: flex;
        justify-content: center;
        gap: 1rem;
        margin: 0.8rem 0;
      }
      canvas {
        width: min(14rem, 42vw);
        aspect-ratio: 1;
        border-radius: 8px;
        background: var(--sunken);
        image-rendering: pixelated;
      }
      .empty {
        visibility: hidden;
      }
      .answers {
        display: flex;
        justify-content: center;
        gap: 0.8rem;
      }
      button {
        flex: 0 1 14rem;
        min-height: 3rem;
      }
      kbd {
        padding: 0 0.35em;
        border: 1px solid var(--line);
        border-radius: 4px;
        color: var(--soft);
        font: 0.8em var(--mono);
      }
    `,
  ];

  static override properties = {
    images: { attribute: false },
    design: { attribute: false },
    trial: { attribute: false },
    scene: { state: true },
  };

  declare images: QuizImages;
  declare design: QuizDesign;
  declare trial: Trial;
  declare private scene: Scene;
  private since = 0;
  private timer = 0;

  constructor() {
    super();
    this.scene = 'empty';
    onScheme(this, () => this.draw());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('keydown', this.press);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.press);
    clearTimeout(this.timer);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('trial')) return;
    clearTimeout(this.timer);
    if (this.design.shownMs === null) this.show();
    else {
      this.scene = 'empty';
      this.timer = window.setTimeout(() => this.show(), PAUSE_MS);
    }
  }

  /** Shows the images from the next frame on, for as long as the quiz says. */
  private show(): void {
    this.scene = 'shown';
    requestAnimationFrame((now) => {
      this.since = now;
      const { shownMs } = this.design;
      if (shownMs === null) return;
      this.timer = window.setTimeout(() => {
        this.scene = 'hidden';
      }, shownMs);
    });
  }

  protected override render() {
    const pair = this.design.form === 'pair';
    const [zero, one] = pair
      ? ['The left one is real', 'The right one is real']
      : ['Real', 'Generated'];
    const what = this.scene === 'hidden' ? 'The image is hidden now' : 'An image to be judged';
    return html`
      <div class="images ${this.scene === 'empty' ? 'empty' : ''}">
        ${(pair ? [', left', ', right'] : ['']).map(
          (side) => html`<canvas role="img" aria-label=${what + side}></canvas>`,
        )}
      </div>
      <div class="answers">
        <button ?disabled=${this.scene === 'empty'} @click=${() => this.say(0)}>
          ${zero} <kbd>←</kbd>${pair ? nothing : html` <kbd>R</kbd>`}
        </button>
        <button ?disabled=${this.scene === 'empty'} @click=${() => this.say(1)}>
          ${one} <kbd>→</kbd>${pair ? nothing : html` <kbd>G</kbd>`}
        </button>
      </div>
    `;
  }

  protected override updated(): void {
    this.draw();
  }

  private draw(): void {
    const { real, generated, model, truth } = this.trial;
    const one = real === null ? null : this.images.real[real];
    const other = generated === null ? null : this.images.generated[model][generated];
    const shown = (truth === 0 ? [one, other] : [other, one]).filter((image) => image !== null);
    const form = forms[this.images.source.data];
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, i) => {
      const image = this.scene === 'hidden' ? scattered(shown[i], form.channels) : shown[i];
      drawImages(canvas, image, form, 1);
    });
  }

  private readonly press = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0] as HTMLElement;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, Choice> = { ArrowLeft: 0, ArrowRight: 1 };
    if (this.design.form === 'single') Object.assign(keys, { r: 0, g: 1 });
    const choice = keys[event.key.length > 1 ? event.key : event.key.toLowerCase()];
    if (choice === undefined) return;
    event.preventDefault();
    this.say(choice);
  };

  private say(choice: Choice): void {
    if (this.scene === 'empty') return;
    const ms = Math.max(0, performance.now() - this.since);
    this.dispatchEvent(new CustomEvent<Answer>('answer', { detail: { choice, ms } }));
  }
}

/** An image's pixels in another order, so that no after-image of it remains: each k-th of them in turn. */
function scattered(image: Float32Array, channels: number): Float32Array {
  const pixels = image.length / channels;
  const step = [89, 97, 101].find((prime) => pixels % prime !== 0) as number;
  return image.map(
    (_, i) => image[((Math.floor(i / channels) * step) % pixels) * channels + (i % channels)],
  );
}

customElements.define('quiz-stage', QuizStage);
