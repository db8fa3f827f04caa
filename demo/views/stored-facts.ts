import { css, html, LitElement, nothing } from 'lit';
import type { StoredFacts as Facts } from '../protocol.ts';
import { colour, onScheme } from './colours.ts';
import { lossText } from './format.ts';
import { base } from './styles.ts';

/** What a dispatch stored: shape, range and a picture of the first rows and columns. */
export class StoredFacts extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        margin-bottom: 0.8rem;
        padding: 0.6rem 0.8rem;
        border: 1.5px solid var(--third);
        border-radius: 8px;
      }
      div {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem 1rem;
        align-items: center;
      }
      div + div {
        margin-top: 0.5rem;
      }
      canvas {
        width: 7rem;
        max-height: 7rem;
        object-fit: contain;
        border-radius: 4px;
        background: var(--sunken);
        image-rendering: pixelated;
      }
      code {
        font: 600 0.85rem var(--mono);
      }
      .bad {
        color: var(--danger);
        font-weight: 700;
      }
    `,
  ];

  static override properties = { stored: { attribute: false } };

  declare stored: readonly Facts[];

  constructor() {
    super();
    this.stored = [];
    onScheme(this);
  }

  protected override render() {
    return this.stored.map(({ shape, dtype, least, mean, most, nonFinite }) => {
      const range = `from ${lossText(least)} to ${lossText(most)}, mean ${lossText(mean)}`;
      return html`<div>
        <canvas role="img" aria-label=${`Stored [${shape}]: ${range}.`}></canvas>
        <p class="small number">
          stored <code>[${shape.join(', ')}]</code> ${dtype}<br />
          <span class="soft">${range}</span>
          ${nonFinite ? html`<br /><span class="bad">${nonFinite} not finite</span>` : nothing}
        </p>
      </div>`;
    });
  }

  protected override updated(): void {
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, i) => {
      this.draw(canvas, this.stored[i]);
    });
  }

  /** Above zero in one colour, below in another, not finite in a third. */
  private draw(canvas: HTMLCanvasElement, { rows, columns, picture }: Facts): void {
    canvas.width = columns;
    canvas.height = rows;
    const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
    const [above, below, bad] = ['--accent', '--second', '--danger'].map((t) => colour(this, t));
    const finite = picture.filter(Number.isFinite);
    const largest = finite.reduce((most, v) => Math.max(most, Math.abs(v)), 0) || 1;
    picture.forEach((value, i) => {
      const known = Number.isFinite(value);
      pen.fillStyle = known ? (value < 0 ? below : above) : bad;
      pen.globalAlpha = known ? Math.abs(value) / largest : 1;
      pen.fillRect(i % columns, Math.floor(i / columns), 1, 1);
    });
  }
}

customElements.define('stored-facts', StoredFacts);
