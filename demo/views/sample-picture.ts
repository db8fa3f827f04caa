import { css, html, LitElement } from 'lit';
import type { Form } from '../../models/data/form.ts';
import { onScheme } from './colours.ts';
import { drawImages, drawPoints } from './draw.ts';
import { sampleProperties } from './sample-properties.ts';
import { base } from './styles.ts';

/** Examples as a picture: a grid of images, or points, over those of the data where given. */
export class SamplePicture extends LitElement {
  static override styles = [
    base,
    css`
      canvas {
        width: 100%;
        border-radius: 6px;
        background: var(--sunken);
      }
    `,
  ];

  static override properties = { ...sampleProperties, behind: { attribute: false } };

  declare form: Form & { kind: 'images' | 'points' };
  declare values: Float32Array;
  declare count: number;
  declare label: string;
  /** Images shown; of points all are. */
  declare limit: number;
  declare small: boolean;
  /** Points of the data, drawn below. */
  declare behind: Float32Array | null;

  constructor() {
    super();
    this.small = false;
    this.behind = null;
    onScheme(this);
  }

  protected override render() {
    // A canvas loses its picture when the GPU process dies.
    return html`<canvas
      role="img"
      aria-label=${this.label}
      @contextrestored=${() => this.requestUpdate()}
    ></canvas>`;
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas')!;
    const { form, values, count, limit, behind } = this;
    if (form.kind === 'images') {
      const shown = values.subarray(0, (limit * values.length) / count);
      drawImages(canvas, shown, form, Math.round(Math.sqrt(limit)));
    } else {
      const layers = [{ points: values, token: '--accent' }];
      if (behind) layers.unshift({ points: behind, token: '--data' });
      drawPoints(canvas, layers, form.extent, this.small ? 5 : 2.5);
    }
  }
}

customElements.define('sample-picture', SamplePicture);
