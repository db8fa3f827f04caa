import { html, LitElement } from 'lit';
import type { Form } from '../../models/data/form.ts';
import { onScheme } from '../views/colours.ts';
import { drawImages } from '../views/draw.ts';
import { base } from '../views/styles.ts';
import { picture } from './parts.ts';

/** Images beside each other, in so many columns. */
export class PictureGrid extends LitElement {
  static override styles = [base, picture];

  static override properties = {
    form: { attribute: false },
    values: { attribute: false },
    columns: { type: Number },
    label: {},
  };

  declare form: Form & { kind: 'images' };
  /** [n, H·W·C], 0..1. */
  declare values: Float32Array;
  declare columns: number;
  declare label: string;

  constructor() {
    super();
    onScheme(this);
  }

  protected override render() {
    return html`<canvas
      role="img"
      aria-label=${this.label}
      @contextrestored=${() => this.requestUpdate()}
    ></canvas>`;
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas') as HTMLCanvasElement;
    drawImages(canvas, this.values, this.form, this.columns);
  }
}

customElements.define('picture-grid', PictureGrid);
