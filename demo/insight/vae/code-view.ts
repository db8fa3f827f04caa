import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import '../bar-list.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../picture-grid.ts';
import { type Codes, SHOWN } from './questions.ts';

type Images = Form & { kind: 'images' };

/** What a VQ-VAE makes of test images: their codes, and how much of its book it uses. */
export class CodeView extends LitElement {
  static override styles = [base, card, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;
  private readonly codes = new Inquiry<object, Codes>(this, 'codes', () => ({}));

  protected override render() {
    const { answer, error } = this.codes;
    return html`
      <div class="head"><h2>Codes</h2></div>
      ${error ? html`<p class="bad">${error}</p>` : nothing}
      ${answer ? this.renderCodes(answer) : html`<p class="soft">Encoding test images…</p>`}
    `;
  }

  private renderCodes(answer: Codes) {
    const { uses, perplexity, grid, images, codes, decoded } = answer;
    const form = this.session.opened?.form as Images;
    const book = { kind: 'images', height: grid[0], width: grid[1], channels: 1 } as const;
    const shades = Float32Array.from(codes, (c) => c / (uses.length - 1));
    const all = uses.reduce((a, b) => a + b, 0);
    const used = uses.filter((n) => n > 0).length;
    return html`
      <div class="pair">
        ${this.renderPictures(images, form, 'Test images')}
        ${this.renderPictures(shades, book, `Their codes, ${grid.join(' × ')}, as shades`)}
        ${this.renderPictures(decoded, form, 'Decoded from the codes alone')}
      </div>
      <section>
        <h3>Use of the book</h3>
        <p class="note">
          ${used} of ${uses.length} codes are used by the test images; perplexity
          ${perplexity.toFixed(1)}.
        </p>
        <bar-list
          .label=${'Share of each code'}
          .bars=${uses.map((n, code) => ({
            name: String(code),
            value: n,
            text: `${((100 * n) / all).toFixed(1)} %`,
          }))}
        ></bar-list>
      </section>
    `;
  }

  private renderPictures(values: Float32Array, form: Images, text: string) {
    return html`<figure>
      <picture-grid .form=${form} .values=${values} .columns=${SHOWN / 3} .label=${`${text}.`}>
      </picture-grid>
      <figcaption>${text}</figcaption>
    </figure>`;
  }
}

customElements.define('code-view', CodeView);
