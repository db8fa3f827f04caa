import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base } from '../../views/styles.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../picture-grid.ts';
import type { Between, Temperatures } from './questions.ts';

/** Images of the way between two, and of each temperature. */
const [WAY, EACH] = [9, 8];
const TEMPERATURES = [0, 0.4, 0.7, 1];

/** The way between the noise of two images, and the same noise at several temperatures. */
export class ImagesPart extends LitElement {
  static override styles = [base, parts];
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    ends: { state: true },
  };

  declare session: Session;
  declare version: number;
  declare private ends: readonly [number, number];

  private readonly tests = new Inquiry<object, Float32Array>(this, 'tests', () => ({}), true);
  private readonly between = new Inquiry<Between, Float32Array>(this, 'between', () => ({
    from: this.ends[0],
    to: this.ends[1],
    count: WAY,
  }));
  private readonly temperatures = new Inquiry<Temperatures, Float32Array>(
    this,
    'temperatures',
    () => ({ values: TEMPERATURES, count: EACH }),
  );

  constructor() {
    super();
    this.ends = [0, 1];
  }

  private get form(): Form & { kind: 'images' } {
    return this.session.opened?.form as Form & { kind: 'images' };
  }

  protected override render() {
    const error = this.tests.error || this.between.error || this.temperatures.error;
    if (error) return html`<p class="bad">${error}</p>`;
    return html`
      <section>
        <h3>Straight between two images in z</h3>
        <div class="row">${this.renderEnd('from', 0)} ${this.renderEnd('to', 1)}</div>
        ${this.renderGrid(this.between.answer, WAY, `Images of noise between that of test images ${this.ends[0] + 1} and ${this.ends[1] + 1}`)}
      </section>
      <section>
        <h3>Temperature</h3>
        ${this.renderGrid(this.temperatures.answer, EACH, `The same noise times ${TEMPERATURES.join(', ')}, a row each`)}
      </section>
    `;
  }

  private renderEnd(name: string, which: 0 | 1) {
    const { height, width, channels } = this.form;
    const count = (this.tests.answer?.length ?? 0) / (height * width * channels);
    const choose = (e: Event) => {
      const next = [...this.ends] as [number, number];
      next[which] = Number((e.target as HTMLSelectElement).value);
      this.ends = next;
    };
    return html`<label>
      ${name} test image
      <select @change=${choose}>
        ${Array.from(
          { length: count },
          (_, i) => html`<option value=${i} ?selected=${i === this.ends[which]}>${i + 1}</option>`,
        )}
      </select>
    </label>`;
  }

  private renderGrid(values: Float32Array | null, columns: number, label: string) {
    return html`<figure>
      ${
        values
          ? html`<picture-grid
              .form=${this.form}
              .values=${values}
              .columns=${columns}
              .label=${`${label}.`}
            ></picture-grid>`
          : nothing
      }
      <figcaption>${label}.</figcaption>
    </figure>`;
  }
}

customElements.define('images-part', ImagesPart);
