import { html, LitElement } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { countText, lossText } from '../../views/format.ts';
import { base } from '../../views/styles.ts';
import '../frame-scrubber.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../picture-grid.ts';
import type { Frames } from './questions.ts';

/** Chains of images from noise to samples, frame by frame. */
export class ChainsPart extends LitElement {
  static override styles = [base, parts];
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    at: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** The frame that is shown; null: the last. */
  declare private at: number | null;

  private readonly frames = new Inquiry<object, Frames>(this, 'frames', () => ({}));

  constructor() {
    super();
    this.at = null;
  }

  protected override render() {
    const { answer, error } = this.frames;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Following chains…</p>`;
    const { moves, images, energies } = answer;
    const at = Math.min(this.at ?? Infinity, moves.length - 1);
    const size = images.length / moves.length;
    const form = this.session.opened?.form as Form & { kind: 'images' };
    const columns = size / (form.height * form.width * form.channels);
    const where = `after ${countText(moves[at])} moves, mean energy ${lossText(energies[at])}`;
    return html`
      <h3>From noise to a sample</h3>
      <div class="row">
        <frame-scrubber
          .count=${moves.length}
          .at=${at}
          .text=${`${countText(moves[at])} moves`}
          .label=${'Moves of the chains'}
          @seek=${(e: CustomEvent<number>) => {
            this.at = e.detail;
          }}
        ></frame-scrubber>
      </div>
      <figure>
        <picture-grid
          .form=${form}
          .values=${images.subarray(at * size, (at + 1) * size)}
          .columns=${columns}
          .label=${`${columns} chains ${where}.`}
        ></picture-grid>
        <figcaption>
          ${columns} chains ${where}, from ${lossText(energies[0])} at the first look to
          ${lossText(energies.at(-1))} nats at the end.
        </figcaption>
      </figure>
    `;
  }
}

customElements.define('chains-part', ChainsPart);
