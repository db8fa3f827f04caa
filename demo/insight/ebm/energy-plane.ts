import { html, LitElement, nothing } from 'lit';
import type { Session } from '../../session.ts';
import { lossText } from '../../views/format.ts';
import { base } from '../../views/styles.ts';
import { type Layer, rangeOf } from '../draw-plane.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import { placeText, readField } from '../plane-canvas.ts';
import { Walk } from '../walk.ts';
import { walkButtons } from '../walk-buttons.ts';
import type { AskChains, AskPlane, EnergyPlane } from './questions.ts';

/** Cells of the energy each way, chains, and moves of an answer. */
const [SIDE, CHAINS, MOVES] = [64, 300, 4];
/** Nats above the lowest energy at which contours lie, and beyond which all is pale. */
const [LEVELS, PALE] = [[1, 2, 4, 8, 16, 32], 12];

/** The energy over the plane with its contours, chains that walk down it, and those that training keeps. */
export class EnergyPlaneView extends LitElement {
  static override styles = [base, parts];
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    kept: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** Whether the replay buffer is shown. */
  declare private kept: boolean;

  private readonly plane = new Inquiry<AskPlane, EnergyPlane>(this, 'plane', () => ({
    side: SIDE,
  }));
  private readonly walk = new Walk<AskChains>(this, (x) => ({ x, count: CHAINS }));

  constructor() {
    super();
    this.kept = false;
  }

  protected override render() {
    const { walk } = this;
    const { answer, error } = this.plane;
    if (error || walk.error) return html`<p class="bad">${error || walk.error}</p>`;
    if (!answer) return html`<p class="soft">Asking for energies…</p>`;
    const [low, high] = rangeOf(answer.energy);
    const moves = MOVES * Math.max(0, walk.rounds - 1);
    const read = readField(answer.energy, answer.extent);
    return html`
      <div class="row">
        ${walkButtons(walk)}
        ${
          answer.buffer
            ? html`<label>
                <input
                  type="checkbox"
                  .checked=${this.kept}
                  @change=${() => {
                    this.kept = !this.kept;
                  }}
                />
                chains of the replay buffer
              </label>`
            : nothing
        }
      </div>
      <div class="pair">
        <figure>
          <plane-canvas
            .extent=${answer.extent}
            .layers=${this.layers(answer, low)}
            .read=${(x: number, y: number) => {
              const nats = read(x, y);
              return `E = ${lossText(nats)}, ${lossText(nats - low)} above the lowest, at ${placeText(x, y)}`;
            }}
            .label=${`The energy from ${lossText(low)} to ${lossText(high)} nats${walk.x ? `, ${CHAINS} chains after ${moves} moves` : ''}.`}
          ></plane-canvas>
        </figure>
        <div class="note">
          <p>
            E from ${lossText(low)} to ${lossText(high)} nats: strong colour is low, p ∝ e<sup>−E</sup>. Contours
            lie ${LEVELS.join(', ')} nats above the lowest.
          </p>
          ${
            walk.x
              ? html`<p>
                  ${CHAINS} chains after ${moves} moves of Langevin dynamics from uniform noise: mean energy
                  ${lossText(meanAt(walk.x, read))}.
                </p>`
              : html`<p>Chains begin anywhere in the square and go downhill with noise, as in training.</p>`
          }
          ${this.kept && answer.buffer ? html`<p>Orange: ${answer.buffer.length / 2} chains that training keeps and goes on with.</p>` : nothing}
        </div>
      </div>
    `;
  }

  private layers({ energy, buffer }: EnergyPlane, low: number): Layer[] {
    const levels = LEVELS.map((nats) => low + nats);
    const points = this.session.opened?.examples as Float32Array;
    return [
      { kind: 'field', values: energy.map((nats) => low - nats), range: [-PALE, 0] },
      { kind: 'contours', values: energy, levels },
      { kind: 'points', points, token: '--data', radius: 1.5 },
      ...(this.kept && buffer
        ? [{ kind: 'points', points: buffer, token: '--second', radius: 2 } as const]
        : []),
      ...(this.walk.x
        ? [{ kind: 'points', points: this.walk.x, token: '--ink', radius: 2.8 } as const]
        : []),
    ];
  }
}

/** The mean over points of what is read at each. */
function meanAt(points: Float32Array, read: (x: number, y: number) => number): number {
  let sum = 0;
  for (let i = 0; i < points.length; i += 2) sum += read(points[i], points[i + 1]);
  return (2 * sum) / points.length;
}

customElements.define('energy-plane', EnergyPlaneView);
