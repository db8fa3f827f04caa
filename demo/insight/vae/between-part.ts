import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base } from '../../views/styles.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../picture-grid.ts';
import { type Between, SHOWN } from './questions.ts';

/** Images on a way. */
const WAY = 11;

/** What lies between two test images in a latent space. */
export class BetweenPart extends LitElement {
  static override styles = [base, parts];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    images: { attribute: false },
    ends: { state: true },
    way: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** The test images that can be chosen, [SHOWN, H·W·C]. */
  declare images: Float32Array;
  declare private ends: readonly [number, number];
  declare private way: Between['way'];
  private readonly between = new Inquiry<Between, Float32Array>(this, 'between', () => ({
    from: this.ends[0],
    to: this.ends[1],
    way: this.way,
    steps: WAY,
  }));

  constructor() {
    super();
    this.ends = [0, 1];
    this.way = 'linear';
  }

  protected override render() {
    const { answer, error } = this.between;
    const form = this.session.opened?.form as Form & { kind: 'images' };
    const end = (which: 0 | 1) => html`<label>
      ${which ? 'to' : 'from'}
      <select
        @change=${(e: Event) => {
          this.ends = which ? [this.ends[0], numberOf(e)] : [numberOf(e), this.ends[1]];
        }}
      >
        ${numbers.map(
          (i) =>
            html`<option value=${i} ?selected=${i === this.ends[which]}>image ${i + 1}</option>`,
        )}
      </select>
    </label>`;
    return html`
      <h3>From one image to another</h3>
      <div class="row">
        ${end(0)} ${end(1)}
        <label>
          along
          <select
            @change=${(e: Event) => {
              this.way = (e.target as HTMLSelectElement).value as Between['way'];
            }}
          >
            <option value="linear">a line</option>
            <option value="spherical">an arc about 0</option>
          </select>
        </label>
      </div>
      ${error ? html`<p class="bad">${error}</p>` : nothing}
      ${
        answer
          ? html`<picture-grid
              .form=${form}
              .values=${answer}
              .columns=${WAY}
              .label=${`Decodes on the way from test image ${this.ends[0] + 1} to ${this.ends[1] + 1}.`}
            ></picture-grid>`
          : nothing
      }
      <p class="note">Test images 1 to ${SHOWN}:</p>
      <picture-grid
        .form=${form}
        .values=${this.images}
        .columns=${SHOWN}
        .label=${`The first ${SHOWN} test images.`}
      ></picture-grid>
    `;
  }
}

const numbers = Array.from({ length: SHOWN }, (_, i) => i);

const numberOf = (event: Event) => Number((event.target as HTMLSelectElement).value);

customElements.define('between-part', BetweenPart);
