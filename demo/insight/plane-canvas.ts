import { css, html, LitElement, nothing } from 'lit';
import { onScheme } from '../views/colours.ts';
import { base } from '../views/styles.ts';
import { keep, type Place, placeAfter, placeUnder } from './cursor.ts';
import { drawPlane, type Layer, SIDE } from './draw-plane.ts';
import { picture } from './parts.ts';

/**
 * A square of the plane with layers over each other. Where it can be `read`, mouse and arrow keys move a
 * cursor, and what is there is told beneath.
 */
export class PlaneCanvas extends LitElement {
  static override styles = [
    base,
    picture,
    css`
      canvas[tabindex] {
        touch-action: pan-y;
      }
      output {
        display: block;
        min-height: 1.4em;
        margin-top: 0.25rem;
        font-size: 0.85rem;
      }
    `,
  ];

  static override properties = {
    layers: { attribute: false },
    extent: { type: Number },
    label: {},
    read: { attribute: false },
    cursor: { state: true },
  };

  declare layers: readonly Layer[];
  declare extent: number;
  /** What is seen, in words and numbers. */
  declare label: string;
  /** What there is at a place. */
  declare read: ((x: number, y: number) => string) | null;
  declare private cursor: Place | null;

  constructor() {
    super();
    this.layers = [];
    this.extent = 1;
    this.label = '';
    this.read = null;
    this.cursor = null;
    onScheme(this);
  }

  protected override render() {
    const { read, cursor } = this;
    return html`<canvas
        role="img"
        tabindex=${read ? 0 : nothing}
        aria-label=${read ? `${this.label} Arrow keys move a cursor.` : this.label}
        @contextrestored=${() => this.requestUpdate()}
        @keydown=${this.key}
        @pointermove=${this.point}
        @pointerdown=${this.point}
      ></canvas>
      ${read ? html`<output>${cursor ? read(...cursor) : 'Point at it to read its values.'}</output>` : nothing}`;
  }

  private point(event: PointerEvent): void {
    if (this.read) this.cursor = placeUnder(event, this.extent);
  }

  private key(event: KeyboardEvent): void {
    const place = placeAfter(event, this.cursor ?? [0, 0], this.extent);
    if (!place) return;
    this.cursor = place;
    keep(event);
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas') as HTMLCanvasElement;
    const cursor = this.read && this.cursor;
    const cross: Layer[] = cursor ? crossAt(cursor, (this.extent * 18) / SIDE) : [];
    drawPlane(canvas, [...this.layers, ...cross], this.extent);
  }
}

/** A cross that shows on every ground. */
function crossAt([x, y]: Place, arm: number): Layer[] {
  const paths = [Float32Array.of(x - arm, y, x + arm, y), Float32Array.of(x, y - arm, x, y + arm)];
  return [
    { kind: 'lines', paths, token: '--surface', width: 6 },
    { kind: 'lines', paths, token: '--ink', width: 2.2 },
  ];
}

/** What reads the value of a square grid, row by row from the top, in the cell at a place. */
export function readField(values: Float32Array, extent: number): (x: number, y: number) => number {
  const side = Math.sqrt(values.length);
  const cell = (v: number) =>
    Math.min(side - 1, Math.max(0, Math.floor(((v / extent + 1) / 2) * side)));
  return (x, y) => values[cell(-y) * side + cell(x)];
}

/** A coordinate as it is read. */
export const placeText = (x: number, y: number): string =>
  `(${x.toFixed(2)}, ${y.toFixed(2)})`.replaceAll('-', '−');

customElements.define('plane-canvas', PlaneCanvas);
