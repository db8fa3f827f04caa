import { css, html, LitElement } from 'lit';
import { type Form, UNKNOWN } from '../../../models/data/form.ts';
import { base } from '../../views/styles.ts';
import '../pixel-board.ts';
import type { Cell } from '../symbol-cells.ts';
import '../symbol-cells.ts';

/** Samples that are drawn at once. */
export const COUNT = { tokens: 6, images: 4 };
const BLANK = '_';

/** A moment of samples, symbol by symbol. */
export interface Shown {
  symbols: Uint32Array;
  /** 1 where a symbol is new, and where it is masked. */
  fresh: Uint32Array;
  masked: Uint32Array;
  mask: number;
}

/** Samples on their way out of masks or noise: texts, or images. */
export class MomentView extends LitElement {
  static override styles = [
    base,
    css`
      .boards {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr));
        gap: 0.8rem;
        max-width: 56rem;
      }
      symbol-cells + symbol-cells {
        margin-top: 0.35rem;
      }
    `,
  ];

  static override properties = {
    form: { attribute: false },
    shown: { attribute: false },
    given: {},
  };

  declare form: Form & { kind: 'images' | 'tokens' };
  declare shown: Shown;
  /** What was given of texts. */
  declare given: string;

  protected override render() {
    const { form } = this;
    return form.kind === 'images' ? this.renderImages(form) : this.renderTexts(form);
  }

  private renderTexts(form: Form & { kind: 'tokens' }) {
    const { given } = this;
    const { symbols, fresh, masked } = this.shown;
    const size = symbols.length / COUNT.tokens;
    return Array.from({ length: COUNT.tokens }, (_, row) => {
      const end = form.ended ? symbols.subarray(row * size, (row + 1) * size).indexOf(0) : -1;
      const cells = Array.from({ length: size }, (_, i): Cell => {
        const at = row * size + i;
        const letter = form.symbols[symbols[at]];
        const known = i < given.length && given[i] !== BLANK;
        const over = end >= 0 && i >= end && !masked[at] && !known;
        return {
          text: over ? '·' : letter === ' ' ? '␣' : (letter ?? UNKNOWN),
          masked: masked[at] === 1,
          fresh: fresh[at] === 1,
          given: known,
        };
      });
      return html`<symbol-cells .cells=${cells} .label=${`Sample ${row + 1}:`}></symbol-cells>`;
    });
  }

  private renderImages(form: Form & { kind: 'images' }) {
    const { symbols, fresh, masked, mask } = this.shown;
    const size = symbols.length / COUNT.images;
    const perPixel = (of: Uint32Array) =>
      Array.from({ length: size / form.channels }, (_, i) =>
        Math.max(...of.subarray(i * form.channels, (i + 1) * form.channels)),
      );
    return html`<div class="boards">
      ${Array.from({ length: COUNT.images }, (_, row) => {
        const part = (of: Uint32Array) => of.subarray(row * size, (row + 1) * size);
        const concealed = perPixel(part(masked));
        const left = concealed.filter(Boolean).length;
        return html`<pixel-board
          still
          .form=${form}
          .values=${Float32Array.from(part(symbols), (s) => (s === mask ? 0 : s / (mask - 1)))}
          .concealed=${concealed}
          .fresh=${perPixel(part(fresh))}
          .label=${`Sample ${row + 1}: ${left} of ${concealed.length} pixels masked.`}
        ></pixel-board>`;
      })}
    </div>`;
  }
}

customElements.define('moment-view', MomentView);
