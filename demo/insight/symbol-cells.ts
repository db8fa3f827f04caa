import { css, html, LitElement, nothing } from 'lit';
import { base } from '../views/styles.ts';
import { keep } from './cursor.ts';

/** One symbol of a text. */
export interface Cell {
  /** What is shown; a masked cell shows no symbol. */
  text: string;
  /** How much of the accent is behind it, 0..1. */
  heat?: number;
  masked?: boolean;
  /** Whether it has just come. */
  fresh?: boolean;
  /** Whether it was given. */
  given?: boolean;
  /** What else is to be said of it. */
  title?: string;
}

/** A text, symbol by symbol. Where it has a cursor, mouse and arrow keys move it: fires `point` with its place. */
export class SymbolCells extends LitElement {
  static override styles = [
    base,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 2px;
        font: 0.95rem / 1.5 var(--mono);
      }
      span {
        min-width: 1.35em;
        padding: 0.1em 0.15em;
        border: 1.5px solid transparent;
        border-radius: 4px;
        background: color-mix(
          in srgb,
          var(--accent) calc(var(--heat, 0) * 42%),
          var(--sunken)
        );
        text-align: center;
        white-space: pre;
      }
      .interactive span {
        cursor: pointer;
      }
      .masked {
        background: repeating-linear-gradient(
          -45deg,
          var(--line) 0 3px,
          var(--sunken) 3px 6px
        );
        color: transparent;
      }
      .given {
        font-weight: 700;
        text-decoration: underline;
      }
      .fresh {
        border-color: var(--second);
      }
      .at {
        border-color: var(--third);
        outline: 1px solid var(--third);
      }
    `,
  ];

  static override properties = {
    cells: { attribute: false },
    cursor: { attribute: false },
    label: {},
  };

  declare cells: readonly Cell[];
  /** The place of the cursor; null: none. */
  declare cursor: number | null;
  declare label: string;

  constructor() {
    super();
    this.cursor = null;
  }

  protected override render() {
    const cells = this.cells.map(({ text, heat = 0, masked, fresh, given, title }, i) => {
      const classes = [
        masked && 'masked',
        fresh && 'fresh',
        given && 'given',
        i === this.cursor && 'at',
      ];
      return html`<span
        class=${classes.filter(Boolean).join(' ')}
        title=${title ?? nothing}
        .style=${`--heat: ${heat.toFixed(3)}`}
        @pointerenter=${() => this.point(i)}
        @click=${() => this.point(i)}
        >${masked ? '_' : text}</span
      >`;
    });
    const text = this.cells.map((cell) => (cell.masked ? '_' : cell.text)).join('');
    return this.cursor === null
      ? html`<div role="img" aria-label=${`${this.label} ${text}`}>${cells}</div>`
      : html`<div
          class="interactive"
          role="img"
          tabindex="0"
          aria-label=${`${this.label} ${text} Arrow keys move the cursor.`}
          @keydown=${this.key}
        >
          ${cells}
        </div>`;
  }

  private point(place: number): void {
    if (this.cursor === null || place === this.cursor) return;
    const within = Math.min(this.cells.length - 1, Math.max(0, place));
    this.dispatchEvent(new CustomEvent<number>('point', { detail: within }));
  }

  private key(event: KeyboardEvent): void {
    const far = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[event.key];
    if (!far || this.cursor === null) return;
    this.point(this.cursor + far);
    keep(event);
  }
}

customElements.define('symbol-cells', SymbolCells);
