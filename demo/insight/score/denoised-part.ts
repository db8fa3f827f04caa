import { html, LitElement } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { lossText } from '../../views/format.ts';
import { base } from '../../views/styles.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../picture-grid.ts';
import type { Denoised } from './questions.ts';

/** Test images with noise at several levels, and what the score makes of them. */
export class DenoisedPart extends LitElement {
  static override styles = [base, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  private readonly denoised = new Inquiry<object, Denoised>(this, 'denoised', () => ({}));

  protected override render() {
    const { answer, error } = this.denoised;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Taking noise away…</p>`;
    const form = this.session.opened?.form as Form & { kind: 'images' };
    const { ratios, noisy, denoised } = answer;
    const size = form.height * form.width * form.channels;
    const columns = noisy.length / size / ratios.length;
    const levels = ratios.map((ratio) => lossText(ratio)).join(', ');
    const grid = (values: Float32Array, label: string) =>
      html`<picture-grid .form=${form} .values=${values} .columns=${columns} .label=${label}></picture-grid>`;
    return html`<div class="pair">
      <figure>
        ${grid(noisy, `${columns} test images with noise over scale of ${levels}, a row each.`)}
        <figcaption>Test images with noise, a row each: σ over scale ${levels}</figcaption>
      </figure>
      <figure>
        ${grid(denoised, 'The same without noise, by the score.')}
        <figcaption>x̂ = (x + σ² s(x)) / scale: their mean, given what is seen</figcaption>
      </figure>
    </div>`;
  }
}

customElements.define('denoised-part', DenoisedPart);
