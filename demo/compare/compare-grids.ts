import { css, html, LitElement, type PropertyValues } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { forms } from '../../run/compare/forms.ts';
import type { Comparison } from '../../run/compare/summary.ts';
import '../views/sample-picture.ts';
import { base } from '../views/styles.ts';
import { familyClass, marks } from './family-mark.ts';
import { imagesOf } from './read.ts';

/** What a picture shows: images as base64, a title and the mark of its family. */
interface Figure {
  title: string;
  mark: string;
  images: string;
}

/** Samples of every model side by side, real test images first. */
export class CompareGrids extends LitElement {
  static override styles = [
    base,
    marks,
    css`
      .grids {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 10.5rem), 1fr));
        gap: 1rem 0.9rem;
      }
      figure {
        margin: 0;
        min-width: 0;
      }
      figcaption {
        margin-top: 0.3rem;
        font-size: 0.85rem;
        line-height: 1.3;
      }
      @media (max-width: 34rem) {
        .grids {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `,
  ];

  static override properties = { comparison: { attribute: false }, ready: { state: true } };

  declare comparison: Comparison;
  /** Pictures drawn so far. */
  declare private ready: number;
  private figures: Figure[] = [];

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('comparison')) return;
    const { floor, lines } = this.comparison;
    this.figures = [
      { title: 'real test images', mark: '', images: floor.images },
      ...lines.flatMap(({ title, family, images }) =>
        images === null ? [] : [{ title, mark: `mark ${familyClass(family)}`, images }],
      ),
    ];
    this.ready = 1;
  }

  protected override render() {
    const missing = this.comparison.lines.filter(({ images }) => images === null);
    return html`
      <div class="grids">
        ${this.figures.slice(0, this.ready).map((figure) => guard([figure], () => this.renderFigure(figure)))}
      </div>
      ${
        missing.length
          ? html`<p class="small soft">
              All runs diverged: ${missing.map(({ title }) => title).join(', ')}.
            </p>`
          : ''
      }
    `;
  }

  private renderFigure({ title, mark, images }: Figure) {
    const { data } = this.comparison;
    const { height, width, channels } = forms[data];
    const values = imagesOf(data, images);
    const count = values.length / (height * width * channels);
    return html`<figure>
      <sample-picture
        .form=${forms[data]}
        .values=${values}
        .count=${count}
        .limit=${count}
        .label=${`${count} images: ${title}`}
      ></sample-picture>
      <figcaption><span class=${mark}></span>${title}</figcaption>
    </figure>`;
  }

  /** Pictures by and by, each of them once: no frame waits for all. */
  protected override updated(): void {
    if (this.ready < this.figures.length) setTimeout(() => this.ready++);
  }
}

customElements.define('compare-grids', CompareGrids);
