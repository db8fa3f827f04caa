import { css, html, LitElement } from 'lit';
import type { QuizDesign } from '../../models/metrics/quiz.ts';
import { base } from '../views/styles.ts';

/** What a person chooses of a quiz. Fires `begin` with it. */
export class QuizSetup extends LitElement {
  static override styles = [
    base,
    css`
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.7rem 1rem;
        margin-top: 0.8rem;
      }
      label {
        display: grid;
        gap: 0.2rem;
        color: var(--soft);
        font-size: 0.85rem;
      }
      .told {
        display: flex;
        align-items: center;
        gap: 0.4rem;
        min-height: 2.25rem;
      }
      input[type='checkbox'] {
        min-height: 0;
        accent-color: var(--accent);
      }
    `,
  ];

  static override properties = { questions: { type: Number }, perModel: { state: true } };

  /** Models there are images of. */
  declare questions: number;
  declare private perModel: number;

  constructor() {
    super();
    this.perModel = 6;
  }

  protected override render() {
    return html`
      <p class="small">
        Half of the images are real, half are generated, in random order. Say which is which: 50 % wrong is
        what guessing gives, so a model whose images are taken for real gets near it.
      </p>
      <form @submit=${this.submit}>
        <label>
          each question
          <select name="form">
            <option value="single">one image: real or generated?</option>
            <option value="pair">two images: which is real?</option>
          </select>
        </label>
        <label>
          shown
          <select name="shown">
            <option value="">until you answer</option>
            <option value="1000">for 1 s</option>
            <option value="500">for 0.5 s</option>
            <option value="250">for 0.25 s</option>
          </select>
        </label>
        <label>
          questions of each model
          <select
            name="trials"
            @change=${(e: Event) => {
              this.perModel = Number((e.target as HTMLSelectElement).value);
            }}
          >
            ${[4, 6, 10, 20].map(
              (n) => html`<option value=${n} ?selected=${n === this.perModel}>${n}</option>`,
            )}
          </select>
        </label>
        <label class="told">
          <input type="checkbox" name="told" checked /> tell me after each answer
        </label>
        <button class="primary">Begin ${this.perModel * this.questions} questions</button>
      </form>
    `;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const shown = given.get('shown');
    const detail = {
      form: given.get('form') as QuizDesign['form'],
      shownMs: shown ? Number(shown) : null,
      trials: Number(given.get('trials')),
      told: given.has('told'),
      seed: crypto.getRandomValues(new Uint32Array(1))[0],
    };
    this.dispatchEvent(new CustomEvent('begin', { detail }));
  };
}

customElements.define('quiz-setup', QuizSetup);
