import { css, html, LitElement, nothing } from 'lit';
import type { Opened, Samples } from '../protocol.ts';
import { countText } from './format.ts';
import './sample-picture.ts';
import { base, card } from './styles.ts';

const FILM = 8;

/** The model's samples beside the data, and a film of earlier ones. */
export class SampleView extends LitElement {
  static override styles = [
    base,
    card,
    css`
      figure {
        margin: 0;
      }
      figcaption {
        margin-top: 0.35rem;
        color: var(--soft);
        font-size: 0.85rem;
        font-variant-numeric: tabular-nums;
      }
      .pair {
        display: grid;
        grid-template-columns: 3fr 1fr;
        gap: 1rem;
        align-items: start;
      }
      .plot {
        max-width: 27rem;
        margin: 0 auto;
      }
      .key::before {
        content: '';
        display: inline-block;
        width: 0.6em;
        height: 0.6em;
        margin-right: 0.35em;
        border-radius: 2px;
        background: var(--accent);
      }
      .key + .key {
        margin-left: 0.9em;
      }
      .data::before {
        background: var(--data);
      }
      ol {
        display: grid;
        grid-template-columns: repeat(8, minmax(0, 1fr));
        gap: 0.5rem;
        margin: 0.9rem 0 0;
        padding: 0.7rem 0 0;
        border-top: 1px solid var(--line);
        list-style: none;
      }
      .empty {
        display: grid;
        place-items: center;
        min-height: 14rem;
        color: var(--soft);
      }
      @media (max-width: 34rem) {
        ol {
          grid-template-columns: repeat(4, minmax(0, 1fr));
        }
      }
    `,
  ];

  static override properties = {
    opened: { attribute: false },
    samples: { attribute: false },
    film: { attribute: false },
  };

  declare opened: Opened | null;
  declare samples: Samples | null;
  declare film: Samples[];

  protected override render() {
    return html`
      <div class="head"><h2>Samples</h2></div>
      ${
        this.opened && this.samples
          ? [this.renderNow(this.opened, this.samples), this.renderFilm(this.opened)]
          : html`<p class="empty">They appear as soon as the model is open.</p>`
      }
    `;
  }

  private renderNow(opened: Opened, { step, values }: Samples) {
    const { form, examples } = opened;
    const label = `${this.what(opened)} from the model after step ${step}`;
    if (form.kind === 'images') {
      return html`<div class="pair">
        <figure>
          <sample-picture .form=${form} .values=${values} .label=${label}></sample-picture>
          <figcaption>Model after step ${countText(step)}, same noise each time</figcaption>
        </figure>
        <figure>
          <sample-picture
            .form=${form}
            .values=${examples}
            .limit=${16}
            label="16 images of the training data"
          ></sample-picture>
          <figcaption>Data</figcaption>
        </figure>
      </div>`;
    }
    return html`<figure class="plot">
      <sample-picture
        .form=${form}
        .values=${values}
        .behind=${examples}
        .label=${`${label}, over the data`}
      ></sample-picture>
      <figcaption>
        <span class="key">Model after step ${countText(step)}</span>
        <span class="key data">Data</span>
      </figcaption>
    </figure>`;
  }

  private renderFilm(opened: Opened) {
    if (this.film.length < 2) return nothing;
    return html`<ol aria-label="Earlier samples">
      ${this.film.slice(-FILM).map(
        ({ step, values }) => html`<li>
          <sample-picture
            small
            .form=${opened.form}
            .values=${values}
            .limit=${16}
            .label=${`${this.what(opened)} after step ${step}`}
          ></sample-picture>
          <figcaption>${countText(step)}</figcaption>
        </li>`,
      )}
    </ol>`;
  }

  private what({ form }: Opened): string {
    return form.kind === 'images' ? 'Images' : 'Points';
  }
}

customElements.define('sample-view', SampleView);
