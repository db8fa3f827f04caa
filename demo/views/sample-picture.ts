import { css, html, LitElement } from 'lit';
import type { Form } from '../../models/data/form.ts';
import { onScheme } from './colours.ts';
import { drawImages, drawPoints } from './draw.ts';
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

  static override properties = {
    form: { attribute: false },
    values: { attribute: false },
    behind: { attribute: false },
    label: {},
    limit: { type: Number },
    small: { type: Boolean },
  };

  declare form: Form & { kind: 'images' | 'points' };
  declare values: Float32Array;
  /** Points of the data, drawn below. */
  declare behind: Float32Array | null;
  declare label: string;
  /** Images shown; all unless given. */
  declare limit: number;
  declare small: boolean;
  private stop = () => {};

  constructor() {
    super();
    this.behind = null;
    this.limit = 64;
    this.small = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = onScheme(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
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
    const { form, values, behind } = this;
    if (form.kind === 'images') {
      const shown = values.subarray(0, this.limit * form.height * form.width * form.channels);
      drawImages(canvas, shown, form, Math.round(Math.sqrt(this.limit)));
    } else {
      const layers = [{ points: values, token: '--accent' }];
      if (behind) layers.unshift({ points: behind, token: '--data' });
      drawPoints(canvas, layers, form.extent, this.small ? 5 : 2.5);
    }
  }
}

customElements.define('sample-picture', SamplePicture);
