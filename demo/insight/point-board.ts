import { css, html, LitElement } from 'lit';
import { colour, onScheme } from '../views/colours.ts';
import { drawPoints } from '../views/draw.ts';
import { base } from '../views/styles.ts';

/** Points that leave a trail, at most. */
const TRAILS = 60;

/** Points of the plane over those of the data, with the ways that some of them came. */
export class PointBoard extends LitElement {
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
    points: { attribute: false },
    behind: { attribute: false },
    past: { attribute: false },
    extent: { type: Number },
    label: {},
  };

  /** [n, 2]. */
  declare points: Float32Array;
  declare behind: Float32Array | null;
  /** Where the points were before, oldest first. */
  declare past: readonly Float32Array[];
  declare extent: number;
  declare label: string;

  constructor() {
    super();
    this.behind = null;
    this.past = [];
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
    const layers = [{ points: this.points, token: '--accent' }];
    if (this.behind) layers.unshift({ points: this.behind, token: '--data' });
    drawPoints(canvas, layers, this.extent, 2.5);
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    const place = (v: number) => ((v + this.extent) / (2 * this.extent)) * canvas.width;
    const way = [...this.past, this.points];
    pen.strokeStyle = colour(this, '--second');
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1.2;
    for (let i = 0; i < Math.min(TRAILS, this.points.length / 2) && way.length > 1; i++) {
      pen.beginPath();
      for (const at of way) pen.lineTo(place(at[2 * i]), canvas.height - place(at[2 * i + 1]));
      pen.stroke();
    }
  }
}

customElements.define('point-board', PointBoard);
