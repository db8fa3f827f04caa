import { html, LitElement } from 'lit';
import { base } from '../../views/styles.ts';
import '../line-plot.ts';
import { parts } from '../parts.ts';

/** A sound that is read: its levels, and which of them the prediction at a place hears. Fires `point`. */
export class WavePart extends LitElement {
  static override styles = [base, parts];

  static override properties = {
    levels: { attribute: false },
    field: { attribute: false },
    place: { type: Number },
    length: { type: Number },
  };

  declare levels: readonly number[];
  /** How much each level changes the prediction. */
  declare field: ArrayLike<number>;
  /** The place that is predicted, from 0. */
  declare place: number;
  /** Places there are. */
  declare length: number;

  protected override render() {
    const plot = (up: string, values: ArrayLike<number>) => html`<line-plot
      across="sample"
      .up=${up}
      .at=${this.place + 1}
      .spots=${Array.from(values, (value, t) => [t + 1, value])}
    ></line-plot>`;
    return html`
      <h3>What the prediction of a sample hears</h3>
      <div class="row">
        <label>
          sample
          <input
            type="range"
            min="0"
            max=${this.length - 1}
            .value=${String(this.place)}
            @input=${(e: Event) => {
              const detail = (e.target as HTMLInputElement).valueAsNumber;
              this.dispatchEvent(new CustomEvent<number>('point', { detail }));
            }}
          />
          <output>${this.place + 1}</output>
        </label>
      </div>
      <div class="pair">
        ${plot('level', this.levels)} ${plot('|∂ logits / ∂ vector of the sample|', this.field)}
      </div>
    `;
  }
}

customElements.define('wave-part', WavePart);
