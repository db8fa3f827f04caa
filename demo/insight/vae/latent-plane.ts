import { html, LitElement } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import { CLASS_COLOURS, colour, onScheme } from '../../views/colours.ts';
import { drawImages } from '../../views/draw.ts';
import { base } from '../../views/styles.ts';
import { keep, type Place, placeAfter, placeUnder } from '../cursor.ts';
import { picture } from '../parts.ts';

const SIDE = 720;

/**
 * Two dimensions of a latent space: encoded images as points, in the colours of their classes, and a cursor
 * that mouse and arrow keys move. Fires `point` with its place.
 */
export class LatentPlane extends LitElement {
  static override styles = [base, picture];

  static override properties = {
    points: { attribute: false },
    classes: { attribute: false },
    names: { attribute: false },
    extent: { type: Number },
    cursor: { attribute: false },
    behind: { attribute: false },
    form: { attribute: false },
    label: {},
  };

  /** [n, 2]. */
  declare points: Float32Array;
  declare classes: Uint32Array | null;
  declare names: readonly string[];
  /** The plane goes from −extent to extent. */
  declare extent: number;
  declare cursor: Place;
  /** Images of a square grid of places, from the top. */
  declare behind: Float32Array | null;
  declare form: Form & { kind: 'images' };
  declare label: string;

  constructor() {
    super();
    onScheme(this);
  }

  protected override render() {
    return html`<canvas
      role="img"
      tabindex="0"
      aria-label=${`${this.label} Arrow keys move the cursor.`}
      @contextrestored=${() => this.requestUpdate()}
      @keydown=${this.key}
      @pointermove=${this.point}
      @pointerdown=${this.point}
    ></canvas>`;
  }

  private move(place: Place): void {
    this.dispatchEvent(new CustomEvent<Place>('point', { detail: place }));
  }

  private point(event: PointerEvent): void {
    this.move(placeUnder(event, this.extent));
  }

  private key(event: KeyboardEvent): void {
    const place = placeAfter(event, this.cursor, this.extent);
    if (!place) return;
    this.move(place);
    keep(event);
  }

  protected override updated(): void {
    const canvas = this.renderRoot.querySelector('canvas') as HTMLCanvasElement;
    if (this.behind) {
      const size = this.form.height * this.form.width * this.form.channels;
      drawImages(canvas, this.behind, this.form, Math.sqrt(this.behind.length / size));
    } else {
      canvas.width = canvas.height = SIDE;
    }
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    const { width, height } = canvas;
    const across = (x: number) => ((x / this.extent + 1) / 2) * width;
    const up = (y: number) => ((1 - y / this.extent) / 2) * height;
    this.drawAxes(pen, across(0), up(0));
    this.drawPoints(pen, across, up);
    this.drawCursor(pen, across(this.cursor[0]), up(this.cursor[1]));
  }

  private drawAxes(pen: CanvasRenderingContext2D, x: number, y: number): void {
    pen.strokeStyle = colour(this, '--data');
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x, 0);
    pen.lineTo(x, 2 * y);
    pen.moveTo(0, y);
    pen.lineTo(2 * x, y);
    pen.stroke();
  }

  private drawPoints(
    pen: CanvasRenderingContext2D,
    across: (x: number) => number,
    up: (y: number) => number,
  ): void {
    const colours = CLASS_COLOURS.map((token) => colour(this, token));
    const radius = pen.canvas.width / 150;
    for (let i = 0; i < this.points.length / 2; i++) {
      const label = this.classes?.[i] ?? 0;
      pen.fillStyle = colours[label % colours.length];
      pen.globalAlpha = 0.85;
      pen.beginPath();
      pen.arc(across(this.points[2 * i]), up(this.points[2 * i + 1]), radius, 0, 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
    this.nameClasses(pen, across, up);
  }

  /** The name of each class where its points have their middle, so that colour is not all. */
  private nameClasses(
    pen: CanvasRenderingContext2D,
    across: (x: number) => number,
    up: (y: number) => number,
  ): void {
    const { classes, names, points } = this;
    if (!classes) return;
    pen.font = `700 ${pen.canvas.width / 32}px ${getComputedStyle(this).fontFamily}`;
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.lineWidth = pen.canvas.width / 150;
    pen.strokeStyle = colour(this, '--surface');
    pen.fillStyle = colour(this, '--ink');
    names.forEach((name, label) => {
      let [x, y, n] = [0, 0, 0];
      classes.forEach((c, i) => {
        if (c !== label) return;
        [x, y, n] = [x + points[2 * i], y + points[2 * i + 1], n + 1];
      });
      if (!n) return;
      pen.strokeText(name, across(x / n), up(y / n));
      pen.fillText(name, across(x / n), up(y / n));
    });
  }

  private drawCursor(pen: CanvasRenderingContext2D, x: number, y: number): void {
    const radius = pen.canvas.width / 50;
    for (const [token, width] of [
      ['--surface', 6],
      ['--ink', 2.5],
    ] as const) {
      pen.strokeStyle = colour(this, token);
      pen.lineWidth = width;
      pen.beginPath();
      pen.arc(x, y, radius, 0, 7);
      pen.moveTo(x - 1.8 * radius, y);
      pen.lineTo(x + 1.8 * radius, y);
      pen.moveTo(x, y - 1.8 * radius);
      pen.lineTo(x, y + 1.8 * radius);
      pen.stroke();
    }
  }
}

customElements.define('latent-plane', LatentPlane);
