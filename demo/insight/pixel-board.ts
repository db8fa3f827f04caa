import { css, html, LitElement } from 'lit';
import type { Form } from '../../models/data/form.ts';
import { colour, onScheme } from '../views/colours.ts';
import { drawImages } from '../views/draw.ts';
import { base } from '../views/styles.ts';

/** How far an arrow key moves the cursor: columns and rows. */
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/**
 * One image, pixel by pixel, with what is to be said of its pixels. Where it has a cursor, mouse and arrow keys
 * move it (`point`, its pixel), and a press, a drag, Space or Enter fire `press`.
 */
export class PixelBoard extends LitElement {
  static override styles = [
    base,
    css`
      canvas {
        width: 100%;
        border-radius: 6px;
        background: var(--sunken);
        touch-action: none;
      }
      canvas[tabindex] {
        cursor: crosshair;
      }
    `,
  ];

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
  private last = -1;

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
    if (this.still) {
      return html`<canvas
        role="img"
        aria-label=${this.label}
        @contextrestored=${() => this.requestUpdate()}
      ></canvas>`;
    }
    return html`<canvas
      role="img"
      tabindex="0"
      aria-label=${`${this.label} Arrow keys move the cursor.`}
      @contextrestored=${() => this.requestUpdate()}
      @keydown=${this.key}
      @pointerdown=${(e: PointerEvent) => {
        (e.target as HTMLElement).setPointerCapture(e.pointerId);
        this.last = -1;
        this.point(e);
      }}
      @pointermove=${this.point}
    ></canvas>`;
  }

  private tell(name: 'point' | 'press', pixel: number): void {
    this.dispatchEvent(new CustomEvent<number>(name, { detail: pixel }));
  }

  private point(event: PointerEvent): void {
    const { width, height } = this.form;
    const canvas = event.target as HTMLCanvasElement;
    const place = (at: number, size: number, count: number) =>
      Math.min(count - 1, Math.max(0, Math.floor((at / size) * count)));
    const column = place(event.offsetX, canvas.clientWidth, width);
    const pixel = place(event.offsetY, canvas.clientHeight, height) * width + column;
    if (pixel !== this.cursor) this.tell('point', pixel);
    if (event.buttons === 1 && pixel !== this.last) this.tell('press', pixel);
    this.last = pixel;
  }

  private key(event: KeyboardEvent): void {
    const { width, height } = this.form;
    const at = this.cursor ?? 0;
    if (event.key === ' ' || event.key === 'Enter') this.tell('press', at);
    else if (event.key in ARROWS) {
      const [dx, dy] = ARROWS[event.key];
      const column = Math.min(width - 1, Math.max(0, (at % width) + dx));
      const row = Math.min(height - 1, Math.max(0, Math.floor(at / width) + dy));
      this.tell('point', row * width + column);
    } else return;
    event.preventDefault();
    event.stopPropagation(); // the page has keys of its own
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
