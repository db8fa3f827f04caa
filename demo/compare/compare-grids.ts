import { css, html, LitElement, type PropertyValues } from 'lit';
import { forms } from '../../run/compare/forms.ts';
import type { Comparison } from '../../run/compare/summary.ts';
import '../views/sample-picture.ts';
import { base } from '../views/styles.ts';
import { familyClass, marks } from './family-mark.ts';
import { imagesOf } from './read.ts';

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

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('comparison')) this.ready = 1;
  }

  protected override render() {
    const { data, floor, lines } = this.comparison;
    const shown = [
      { title: 'real test images', mark: '', images: floor.images },
      ...lines.flatMap(({ title, family, images }) =>
        images === null ? [] : [{ title, mark: `mark ${familyClass(family)}`, images }],
      ),
    ];
    const missing = lines.filter(({ images }) => images === null).map(({ title }) => title);
    return html`
      <div class="grids">
        ${shown.slice(0, this.ready).map(({ title, mark, images }) => {
          const values = imagesOf(data, images);
          const { height, width, channels } = forms[data];
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
        })}
      </div>
      ${missing.length ? html`<p class="small soft">All runs diverged: ${missing.join(', ')}.</p>` : ''}
    `;
  }

  /** Pictures by and by: no frame waits for all of them. */
  protected override updated(): void {
    if (this.ready <= this.comparison.lines.length) setTimeout(() => this.ready++);
  }
}

customElements.define('compare-grids', CompareGrids);
