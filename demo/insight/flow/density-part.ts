import { html, LitElement } from 'lit';
import type { Form } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { lossText } from '../../views/format.ts';
import { base } from '../../views/styles.ts';
import { rangeOf } from '../draw-plane.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import { placeText, readField } from '../plane-canvas.ts';
import type { AskPlane, FlowPlane } from './questions.ts';

/** Cells of the fields each way. */
const SIDE = 96;

/** The density of a flow over the plane, and how much it grows or shrinks volume there. */
export class DensityPart extends LitElement {
  static override styles = [base, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  private readonly plane = new Inquiry<AskPlane, FlowPlane>(this, 'plane', () => ({ side: SIDE }));

  protected override render() {
    const { answer, error } = this.plane;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Asking for densities…</p>`;
    const { extent } = this.form;
    const { logDensity, logDet } = answer;
    const density = logDensity.map(Math.exp);
    const mass = density.reduce((a, b) => a + b, 0) * ((2 * extent) / SIDE) ** 2;
    const [, most] = rangeOf(density);
    const [low, high] = rangeOf(logDet);
    const [readDensity, readDet] = [logDensity, logDet].map((f) => readField(f, extent));
    return html`<div class="pair">
      <figure>
        <h3>Density p(x)</h3>
        <plane-canvas
          .extent=${extent}
          .layers=${[{ kind: 'field', values: density, range: [0, most] }]}
          .read=${(x: number, y: number) => {
            const nats = readDensity(x, y);
            return `p = ${lossText(Math.exp(nats))}, log p = ${lossText(nats)} at ${placeText(x, y)}`;
          }}
          .label=${`The density, up to ${lossText(most)}; ${(100 * mass).toFixed(1)} % of it lies in the square.`}
        ></plane-canvas>
        <figcaption>
          Exact, up to ${lossText(most)}. ${(100 * mass).toFixed(1)} % of the probability lies in this square
          of ±${extent}.
        </figcaption>
      </figure>
      <figure>
        <h3>log |det ∂z/∂x|</h3>
        <plane-canvas
          .extent=${extent}
          .layers=${[{ kind: 'field', values: logDet, centred: true }]}
          .read=${(x: number, y: number) =>
            `log |det ∂z/∂x| = ${lossText(readDet(x, y))} at ${placeText(x, y)}`}
          .label=${`The logarithm of the volume change, ${lossText(low)} to ${lossText(high)} nats.`}
        ></plane-canvas>
        <figcaption>
          ${lossText(low)} to ${lossText(high)} nats. Orange: the way to the noise stretches, so data are
          dense here; violet: it shrinks.${
            high - low < 1e-3
              ? ' It is the same everywhere: this flow preserves volumes, up to a factor.'
              : ''
          }
        </figcaption>
      </figure>
    </div>`;
  }

  private get form(): Form & { kind: 'points' } {
    return this.session.opened?.form as Form & { kind: 'points' };
  }
}

customElements.define('density-part', DensityPart);
