import { css, html, LitElement, nothing } from 'lit';
import { literal, html as statically } from 'lit/static-html.js';
import type { Opened, Samples, Values } from '../protocol.ts';
import type { Preview } from '../session.ts';
import { countText } from './format.ts';
import './sample-picture.ts';
import './sample-sound.ts';
import './sample-text.ts';
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
      .halves {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 1rem;
        align-items: start;
      }
      .stack {
        display: grid;
        gap: 1rem;
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
    preview: { attribute: false },
  };

  declare opened: Opened | null;
  declare samples: Samples | null;
  declare film: Samples[];
  /** What the run comes to, shown before it has begun. */
  declare preview: Preview | null;

  protected override render() {
    const { opened, samples, preview } = this;
    return html`
      <div class="head"><h2>Samples</h2></div>
      ${
        preview
          ? this.renderNow(preview, preview.samples, preview.recorded ? RECORDED : SHIPPED)
          : opened && samples
            ? [this.renderNow(opened, samples, 'Model'), this.renderFilm(opened)]
            : html`<p class="empty">They appear as soon as the model is open.</p>`
      }
    `;
  }

  private renderNow(opened: Shown, { step, values }: Samples, whose: string) {
    const { form, examples } = opened;
    const label = `${NOUN[form.kind]} from the model after step ${step}`;
    if (form.kind !== 'points') {
      const data = `${NOUN[form.kind]} of the training data`;
      return html`<div class=${LAYOUT[form.kind]}>
        <figure>
          ${renderSamples(opened, values, label)}
          <figcaption>${whose} after step ${countText(step)}, same noise each time</figcaption>
        </figure>
        <figure>
          ${renderSamples(opened, examples, data, form.kind === 'images' ? 16 : undefined)}
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
        <span class="key">${whose} after step ${countText(step)}</span>
        <span class="key data">Data</span>
      </figcaption>
    </figure>`;
  }

  private renderFilm(opened: Opened) {
    if (this.film.length < 2) return nothing;
    const { kind } = opened.form;
    const limit = { images: 16, points: undefined, tokens: 4, audio: 1 }[kind];
    return html`<ol aria-label="Earlier samples">
      ${this.film.slice(-FILM).map(
        ({ step, values }) => html`<li>
          ${renderSamples(opened, values, `${NOUN[kind]} after step ${step}`, limit, true)}
          <figcaption>${countText(step)}</figcaption>
        </li>`,
      )}
    </ol>`;
  }
}

/** What samples of earlier training are called. */
const RECORDED = 'Recorded earlier: model';
const SHIPPED = 'Trained model that comes with the page,';

/** How samples lie beside the data: sounds need all the width. */
const LAYOUT = { images: 'pair', tokens: 'halves', audio: 'stack' };

/** What it takes to show samples. */
type Shown = Pick<Opened, 'form' | 'count' | 'examples'>;

const NOUN = { images: 'Images', points: 'Points', tokens: 'Texts', audio: 'Recordings' };

const TAG = {
  images: literal`sample-picture`,
  points: literal`sample-picture`,
  tokens: literal`sample-text`,
  audio: literal`sample-sound`,
};

/** Samples or examples in their form, at most `limit` of them. */
export function renderSamples(
  { form, count }: Pick<Opened, 'form' | 'count'>,
  values: Values,
  label: string,
  limit = count,
  small = false,
) {
  const tag = TAG[form.kind];
  return statically`<${tag}
    .form=${form}
    .values=${values}
    .count=${count}
    .label=${label}
    .limit=${limit}
    .small=${small}
  ></${tag}>`;
}

customElements.define('sample-view', SampleView);
