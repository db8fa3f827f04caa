import { css, html, LitElement, nothing } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import '../bar-list.ts';
import type { Place } from '../cursor.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../pixel-board.ts';
import { quantile } from '../vectors.ts';
import './between-part.ts';
import './latent-plane.ts';
import { type Cloud, type Decode, SHOWN } from './questions.ts';

/** Decodes along each side of the plane. */
const GRID = 15;
/** A dimension whose centre varies by more is in use (Burda et al. 2015, arXiv 1509.00519). */
const ACTIVE = 0.01;

/** The latent space of a variational autoencoder. */
export class LatentView extends LitElement {
  static override styles = [
    base,
    card,
    parts,
    css`
      pixel-board {
        max-width: 20rem;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    axes: { state: true },
    others: { state: true },
    cursor: { state: true },
    behind: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** The dimensions of the plane; null: the two that say most. */
  declare private axes: readonly [number, number] | null;
  /** The test image whose other dimensions are taken; −1: they are 0. */
  declare private others: number;
  declare private cursor: Place;
  declare private behind: boolean;

  private readonly cloud = new Inquiry<object, Cloud>(this, 'cloud', () => ({}));
  private readonly decoded = new Inquiry<Decode, Float32Array>(this, 'decode', () =>
    this.cloud.answer ? { z: this.at(this.cloud.answer, this.cursor) } : null,
  );
  private readonly plane = new Inquiry<Decode, Float32Array>(this, 'plane', () =>
    this.cloud.answer && this.behind ? { z: this.places(this.cloud.answer) } : null,
  );

  constructor() {
    super();
    this.axes = null;
    this.others = -1;
    this.cursor = [0, 0];
    this.behind = false;
  }

  /** The dimensions across and up. */
  private dimensions({ kl, latent }: Cloud): readonly [number, number] {
    if (this.axes) return this.axes;
    if (latent === 2) return [0, 1];
    const [first, second = first] = byUse(kl);
    return [first, second];
  }

  /** The latent vector of a place of the plane. */
  private at(cloud: Cloud, [x, y]: Place): number[] {
    const { latent, z } = cloud;
    const [across, up] = this.dimensions(cloud);
    const start = this.others * latent;
    const vector =
      this.others < 0 ? Array<number>(latent).fill(0) : [...z.slice(start, start + latent)];
    vector[up] = y;
    vector[across] = x;
    return vector;
  }

  /** The latent vectors of a grid over the plane, from the top. */
  private places(cloud: Cloud): number[] {
    const extent = extentOf(this.points(cloud));
    const along = Array.from({ length: GRID }, (_, i) => ((2 * i + 1) / GRID - 1) * extent);
    return along.toReversed().flatMap((y) => along.flatMap((x) => this.at(cloud, [x, y])));
  }

  private points(cloud: Cloud): Float32Array {
    const { latent, z } = cloud;
    const axes = this.dimensions(cloud);
    return Float32Array.from(
      { length: (2 * z.length) / latent },
      (_, i) => z[Math.floor(i / 2) * latent + axes[i % 2]],
    );
  }

  protected override render() {
    const { answer } = this.cloud;
    const error = this.cloud.error || this.decoded.error || this.plane.error;
    return html`
      <div class="head"><h2>Latent space</h2></div>
      ${error ? html`<p class="bad">${error}</p>` : nothing}
      ${
        answer
          ? [this.renderPlane(answer), this.renderWay(answer), this.renderUnits(answer)]
          : html`<p class="soft">Encoding test images…</p>`
      }
    `;
  }

  private get form(): Form & { kind: 'images' } {
    return this.session.opened?.form as Form & { kind: 'images' };
  }

  private renderPlane(cloud: Cloud) {
    const [across, up] = this.dimensions(cloud);
    const points = this.points(cloud);
    const extent = extentOf(points);
    const count = points.length / 2;
    const { answer } = this.decoded;
    const where = `z${across + 1} = ${numberText(this.cursor[0])}, z${up + 1} = ${numberText(this.cursor[1])}`;
    return html`<section>
      ${this.renderChoices(cloud)}
      <div class="pair">
        <figure>
          <latent-plane
            .points=${points}
            .classes=${cloud.classes}
            .names=${cloud.names}
            .extent=${extent}
            .cursor=${this.cursor}
            .behind=${this.behind ? this.plane.answer : null}
            .form=${this.form}
            .label=${`${count} encoded test images, dimension ${across + 1} across and ${up + 1} up, from −${extent} to ${extent}. Cursor at ${where}.`}
            @point=${(e: CustomEvent<Place>) => {
              this.cursor = e.detail;
            }}
          ></latent-plane>
          <figcaption>
            z${across + 1} across, z${up + 1} up, ±${extent}: centres of q(z|x) of ${count}
            test images. Move over it to decode.
          </figcaption>
        </figure>
        <figure>
          ${
            answer
              ? html`<pixel-board
                  still
                  .form=${this.form}
                  .values=${answer}
                  .label=${`Decoded from ${where}. Mean brightness ${meanText(answer)}.`}
                ></pixel-board>`
              : nothing
          }
          <figcaption>Decoded from ${where}${this.restText(cloud)}</figcaption>
        </figure>
      </div>
    </section>`;
  }

  private restText({ latent }: Cloud): string {
    if (latent < 3) return '';
    return this.others < 0 ? ', all others 0' : `, all others those of image ${this.others + 1}`;
  }

  private renderChoices(cloud: Cloud) {
    const axes = this.dimensions(cloud);
    const choose = (which: 0 | 1) => (e: Event) => {
      const next = [...axes] as [number, number];
      next[which] = numberOf(e);
      this.axes = next;
    };
    const dimensions = cloud.kl.map((_, d) => d);
    return html`<div class="row">
      ${(['across', 'up'] as const).map(
        (name, which) => html`<label>
          ${name}
          <select @change=${choose(which as 0 | 1)}>
            ${dimensions.map(
              (d) => html`<option value=${d} ?selected=${d === axes[which]}>z${d + 1}</option>`,
            )}
          </select>
        </label>`,
      )}
      <label>
        other dimensions
        <select
          @change=${(e: Event) => {
            this.others = numberOf(e);
          }}
        >
          <option value="-1">0</option>
          ${numbers.map((i) => html`<option value=${i}>of image ${i + 1}</option>`)}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          @change=${(e: Event) => {
            this.behind = (e.target as HTMLInputElement).checked;
          }}
        />
        decode the whole plane
      </label>
    </div>`;
  }

  private renderWay({ images }: Cloud) {
    return html`<section>
      <between-part
        .session=${this.session}
        .version=${this.version}
        .images=${images}
      ></between-part>
    </section>`;
  }

  private renderUnits({ kl, variance }: Cloud) {
    const active = variance.filter((v) => v > ACTIVE).length;
    const total = kl.reduce((a, b) => a + b, 0);
    return html`<section>
      <h3>Dimensions in use</h3>
      <p class="note">
        ${active} of ${kl.length} are active: their centre varies over the test images by more than
        ${ACTIVE}. Bars: KL term in nats, together ${total.toFixed(2)}; coloured: active.
      </p>
      <bar-list
        .label=${'KL term of each dimension, nats'}
        .bars=${byUse(kl).map((d) => ({
          name: `z${d + 1}`,
          value: kl[d],
          text: kl[d].toFixed(2),
          marked: variance[d] > ACTIVE,
        }))}
      ></bar-list>
    </section>`;
  }
}

/** The plane holds three standard deviations of the prior, and nearly all points. */
const extentOf = (points: Float32Array) =>
  Math.max(3, Math.ceil(quantile(Array.from(points, Math.abs), 0.99)));

/** Dimensions, those that say most first. */
const byUse = (kl: readonly number[]) => kl.map((_, d) => d).sort((a, b) => kl[b] - kl[a]);

const numbers = Array.from({ length: SHOWN }, (_, i) => i);

const numberOf = (event: Event) => Number((event.target as HTMLSelectElement).value);

const numberText = (value: number) => value.toFixed(2).replace('-', '−');

const meanText = (values: Float32Array) =>
  (values.reduce((a, b) => a + b, 0) / values.length).toFixed(2);

customElements.define('latent-view', LatentView);
