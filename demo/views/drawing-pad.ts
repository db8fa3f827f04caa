import { css, html, LitElement } from 'lit';
import { colour, onScheme } from './colours.ts';
import { base } from './styles.ts';

/** Side of the canvas in its own pixels. */
const SIDE = 640;
/** How far an arrow key moves the brush, in its own widths; with Shift, more. */
const [NUDGE, LEAP] = [0.5, 3];

/** Where round Gaussians of a person's own distribution lie, and how wide they are. */
export interface Drawn {
  centres: number[];
  spread: number;
}

/**
 * A square to draw a distribution of the plane in, with pointer or keyboard: each stroke is a row of round
 * Gaussians. Fires `drawn`.
 */
export class DrawingPad extends LitElement {
  static override styles = [
    base,
    css`
      canvas {
        width: min(100%, 26rem);
        aspect-ratio: 1;
        border: 1px solid var(--edge);
        border-radius: 8px;
        background: var(--sunken);
        cursor: crosshair;
        touch-action: none;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.8rem;
        margin-top: 0.6rem;
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.5rem;
      }
      input[type='range'] {
        width: 8rem;
        padding: 0;
        accent-color: var(--accent);
      }
      p {
        margin-top: 0.4rem;
      }
    `,
  ];

  static override properties = {
    extent: { type: Number },
    spread: { state: true },
    strokes: { state: true },
    brush: { state: true },
  };

  /** The half side of the square. */
  declare extent: number;
  declare private spread: number;
  /** Centres of each stroke, x and y in turn. */
  declare private strokes: readonly (readonly number[])[];
  /** Where the keyboard's brush is. */
  declare private brush: readonly [number, number];
  private drawing = false;

  constructor() {
    super();
    this.extent = 3;
    this.spread = 0.1;
    this.strokes = [];
    this.brush = [0, 0];
    onScheme(this);
  }

  protected override render() {
    const count = this.strokes.flat().length / 2;
    const none = this.strokes.length === 0;
    return html`
      <canvas
        width=${SIDE}
        height=${SIDE}
        tabindex="0"
        role="img"
        aria-label=${`Drawing of ${count} points in ${this.strokes.length} strokes; brush at ${this.brush
          .map((v) => v.toFixed(1))
          .join(', ')}`}
        aria-describedby="how"
        @pointerdown=${this.begin}
        @pointermove=${this.go}
        @pointerup=${this.end}
        @pointercancel=${this.end}
        @keydown=${this.press}
        @contextrestored=${() => this.requestUpdate()}
      ></canvas>
      <div class="row">
        <label class="small">
          Brush
          <input
            type="range"
            min="0.04"
            max="0.4"
            step="0.02"
            .value=${String(this.spread)}
            @input=${(e: Event) => this.resize(Number((e.target as HTMLInputElement).value))}
          />
          <output class="number">σ ${this.spread.toFixed(2)}</output>
        </label>
        <button ?disabled=${none} @click=${() => this.set(this.strokes.slice(0, -1))}>Undo</button>
        <button ?disabled=${none} @click=${() => this.set([])}>Clear</button>
      </div>
      <p class="small soft" id="how">
        Draw with mouse, pen or finger. With keys: arrows move the brush (with Shift further), Enter
        stamps, Backspace takes back.
      </p>
    `;
  }

  protected override updated(): void {
    const pen = this.canvas.getContext('2d') as CanvasRenderingContext2D;
    const scale = SIDE / (2 * this.extent);
    pen.clearRect(0, 0, SIDE, SIDE);
    pen.strokeStyle = colour(this, '--line');
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(SIDE / 2, 0);
    pen.lineTo(SIDE / 2, SIDE);
    pen.moveTo(0, SIDE / 2);
    pen.lineTo(SIDE, SIDE / 2);
    pen.stroke();
    pen.fillStyle = colour(this, '--accent');
    pen.globalAlpha = 0.3;
    for (const stroke of this.strokes) {
      for (let i = 0; i < stroke.length; i += 2) {
        disc(pen, this.place(stroke[i], stroke[i + 1]), this.spread * scale);
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = colour(this, '--ink');
    pen.beginPath();
    pen.arc(...this.place(...this.brush), 2 * this.spread * scale, 0, 2 * Math.PI);
    pen.stroke();
  }

  private get canvas(): HTMLCanvasElement {
    return this.renderRoot.querySelector('canvas') as HTMLCanvasElement;
  }

  private place(x: number, y: number): [number, number] {
    return [
      ((x + this.extent) / (2 * this.extent)) * SIDE,
      ((this.extent - y) / (2 * this.extent)) * SIDE,
    ];
  }

  private at({ clientX, clientY }: MouseEvent): [number, number] {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const x = ((clientX - left) / width) * 2 - 1;
    const y = 1 - ((clientY - top) / height) * 2;
    return [this.within(x * this.extent), this.within(y * this.extent)];
  }

  private within(v: number): number {
    return Math.min(this.extent, Math.max(-this.extent, v));
  }

  private readonly begin = (event: PointerEvent): void => {
    this.canvas.setPointerCapture(event.pointerId);
    this.drawing = true;
    this.stamp(this.at(event));
  };

  private readonly go = (event: PointerEvent): void => {
    if (!this.drawing) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) this.drawTo(this.at(each));
  };

  private readonly end = (): void => {
    this.drawing = false;
  };

  /** Goes on with the stroke: a centre for each brush width on the way. */
  private drawTo([x, y]: [number, number]): void {
    const stroke = this.strokes.at(-1) ?? [];
    const [fromX, fromY] = stroke.slice(-2);
    const steps = Math.floor(Math.hypot(x - fromX, y - fromY) / this.spread);
    if (steps < 1) return;
    const more = Array.from({ length: steps }, (_, i) => {
      const part = (i + 1) / steps;
      return [fromX + (x - fromX) * part, fromY + (y - fromY) * part];
    });
    this.brush = [x, y];
    this.set([...this.strokes.slice(0, -1), [...stroke, ...more.flat()]]);
  }

  private stamp(at: readonly [number, number]): void {
    this.brush = at;
    this.set([...this.strokes, [...at]]);
  }

  private readonly press = (event: KeyboardEvent): void => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
      event.key
    ];
    if (way) {
      const far = this.spread * (event.shiftKey ? LEAP : NUDGE);
      this.brush = [
        this.within(this.brush[0] + far * way[0]),
        this.within(this.brush[1] + far * way[1]),
      ];
    } else if (event.key === 'Enter') this.stamp(this.brush);
    else if (event.key === 'Backspace') this.set(this.strokes.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  private resize(spread: number): void {
    this.spread = spread;
    this.set(this.strokes);
  }

  private set(strokes: readonly (readonly number[])[]): void {
    this.strokes = strokes;
    const detail: Drawn = { centres: strokes.flat(), spread: this.spread };
    this.dispatchEvent(new CustomEvent<Drawn>('drawn', { detail }));
  }
}

function disc(pen: CanvasRenderingContext2D, [x, y]: [number, number], radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

customElements.define('drawing-pad', DrawingPad);
