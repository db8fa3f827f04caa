import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base } from '../../views/styles.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../picture-grid.ts';
import type { Neighbours } from './questions.ts';

/** Samples above the training images nearest to them: copies would have no distance. */
export class NeighboursPart extends LitElement {
  static override styles = [base, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  private readonly found = new Inquiry<object, Neighbours>(this, 'neighbours', () => ({}));

  protected override render() {
    const { answer, error } = this.found;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Looking for the nearest training images…</p>`;
    const { samples, nearest, distances, usual, among, classes, conditional } = answer;
    const count = distances.length;
    const mean = distances.reduce((a, b) => a + b, 0) / count;
    const different = new Set(classes).size;
    const form = this.session.opened?.form as Form & { kind: 'images' };
    const grid = (values: Float32Array, label: string) =>
      html`<picture-grid .form=${form} .values=${values} .columns=${4} .label=${label}></picture-grid>`;
    return html`
      <div class="pair">
        <figure>
          ${grid(samples, `${count} samples.`)}
          <figcaption>Samples${conditional ? ', of each class in turn' : ''}</figcaption>
        </figure>
        <figure>
          ${grid(nearest, `The training image nearest to each, ${mean.toFixed(2)} away on average.`)}
          <figcaption>The nearest of ${among} training images to each</figcaption>
        </figure>
      </div>
      <p class="note">
        ${mean.toFixed(2)} apart on average, at least ${Math.min(...distances).toFixed(2)}; training images are
        ${usual.toFixed(2)} from each other’s nearest. Much less would be copies, much more no such images.
        ${classes.length ? html`The nearest are of ${different} different classes.` : nothing}
      </p>
    `;
  }
}

customElements.define('neighbours-part', NeighboursPart);
