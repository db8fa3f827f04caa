import { html, LitElement, nothing } from 'lit';
import type { Form } from '../../models/data/form.ts';
import { colour, onScheme } from '../views/colours.ts';
import { drawImages } from '../views/draw.ts';
import { base } from '../views/styles.ts';
import { arrowOf, keep } from './cursor.ts';
import { picture } from './parts.ts';

/** A pixel that is pressed. */
export interface Press {
  pixel: number;
  /** Whether it is not a drag that went on to this pixel. */
  first: boolean;
}

/**
 * One image, pixel by pixel, with what is to be said of its pixels. Unless it only shows, mouse and arrow keys
 * move a cursor (`point`, its pixel), and a press, a drag, Space or Enter fire `press`.
 */
export class PixelBoard extends LitElement {
  static override styles = [base, picture];

  static override properties = {
    form: { attribute: false },
    values: { attribute: false },
    heat: { attribute: false },
    concealed: { attribute: false },
    fresh: { attribute: false },
    cursor: { attribute: false },
    still: { type: Boolean },
    label: {},
  };

  declare form: Form & { kind: 'images' };
  /** [H·W·C], 0..1. */
  declare values: Float32Array;
  /** How much of each pixel's own colour gives way to the accent, [H·W], 0..1. */
  declare heat: ArrayLike<number> | null;
  /** Pixels that are hatched, [H·W], not 0. */
  declare concealed: ArrayLike<number> | null;
  /** Pixels that are outlined, [H·W], not 0. */
  declare fresh: ArrayLike<number> | null;
  /** The pixel of the cursor. */
  declare cursor: number | null;
  /** Whether it only shows. */
  declare still: boolean;
  declare label: string;
  /** The pixel of the last press that may go on. */
  private last: number | null = null;

  constructor() {
    super();
    this.heat = null;
    this.concealed = null;
    this.fresh = null;
    this.cursor = null;
    this.still = false;
    onScheme(this);
  }

  protected override render() {
    const { still, label } = this;
    return html`<canvas
      role="img"
      tabindex=${still ? nothing : 0}
      aria-label=${still ? label : `${label} Arrow keys move the cursor.`}
      @contextrestored=${() => this.requestUpdate()}
      @keydown=${this.key}
      @pointerdown=${this.begin}
      @pointermove=${this.point}
    ></canvas>`;
  }

  private moveTo(pixel: number): void {
    this.dispatchEvent(new CustomEvent<number>('point', { detail: pixel }));
  }

  private press(pixel: number, first: boolean): void {
    this.dispatchEvent(new CustomEvent<Press>('press', { detail: { pixel, first } }));
  }

  private begin(event: PointerEvent): void {
    if (this.still) return;
    (event.target as HTMLElement).setPointerCapture(event.pointerId);
    this.last = null;
    this.point(event);
  }

  private point(event: PointerEvent): void {
    if (this.still) return;
    const { width, height } = this.form;
    const canvas = event.target as HTMLCanvasElement;
    const place = (at: number, size: number, count: number) =>
      Math.min(count - 1, Math.max(0, Math.floor((at / size) * count)));
    const column = place(event.offsetX, canvas.clientWidth, width);
    const pixel = place(event.offsetY, canvas.clientHeight, height) * width + column;
    if (pixel !== this.cursor) this.moveTo(pixel);
    if (event.buttons !== 1 || pixel === this.last) return;
    this.press(pixel, this.last === null);
    this.last = pixel;
  }

  private key(event: KeyboardEvent): void {
    const { width, height } = this.form;
    const at = this.cursor ?? 0;
    const arrow = arrowOf(event);
    if (event.key === ' ' || event.key === 'Enter') this.press(at, true);
    else if (arrow) {
      const column = Math.min(width - 1, Math.max(0, (at % width) + arrow[0]));
      const row = Math.min(height - 1, Math.max(0, Math.floor(at / width) - arrow[1]));
      this.moveTo(row * width + column);
    } else return;
    keep(event);
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas') as HTMLCanvasElement;
    drawImages(canvas, this.values, this.form, 1);
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    const side = canvas.width / this.form.width;
    const each = (
      of: ArrayLike<number> | null,
      draw: (value: number, x: number, y: number) => void,
    ) =>
      Array.from(of ?? []).forEach((value, i) => {
        const [x, y] = [i % this.form.width, Math.floor(i / this.form.width)];
        if (value) draw(value, x * side, y * side);
      });
    pen.fillStyle = colour(this, '--accent');
    each(this.heat, (value, x, y) => {
      pen.globalAlpha = Math.min(1, value);
      pen.fillRect(x, y, side, side);
    });
    pen.globalAlpha = 1;
    each(this.concealed, (_, x, y) => this.hatch(pen, x, y, side));
    each(this.fresh, (_, x, y) => this.outline(pen, '--second', x, y, side));
    if (this.cursor === null) return;
    const [x, y] = [this.cursor % this.form.width, Math.floor(this.cursor / this.form.width)];
    this.outline(pen, '--third', x * side, y * side, side);
  }

  private outline(
    pen: CanvasRenderingContext2D,
    token: string,
    x: number,
    y: number,
    side: number,
  ) {
    const width = Math.max(2, side / 10);
    pen.strokeStyle = colour(this, token);
    pen.lineWidth = width;
    pen.strokeRect(x + width / 2, y + width / 2, side - width, side - width);
  }

  private hatch(pen: CanvasRenderingContext2D, x: number, y: number, side: number): void {
    pen.fillStyle = colour(this, '--line');
    pen.fillRect(x, y, side, side);
    pen.strokeStyle = colour(this, '--soft');
    pen.lineWidth = Math.max(1, side / 24);
    pen.beginPath();
    for (const part of [0.5, 1, 1.5]) {
      const [a, b] = [Math.max(0, part - 1) * side, Math.min(1, part) * side];
      pen.moveTo(x + a, y + b);
      pen.lineTo(x + b, y + a);
    }
    pen.stroke();
  }
}

customElements.define('pixel-board', PixelBoard);
