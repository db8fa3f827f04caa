import { css, html, LitElement, nothing } from 'lit';
import type { Session } from '../../session.ts';
import { base } from '../../views/styles.ts';
import type { Layer } from '../draw-plane.ts';
import { Inquiry } from '../inquiry.ts';
import { parts } from '../parts.ts';
import '../plane-canvas.ts';
import { type AskDirac, type Dirac, DIRAC_EXTENT } from './questions.ts';

const STEPS = 300;

const METHODS: Record<AskDirac['method'], string> = {
  simultaneous: 'logistic, both at once',
  alternating: 'logistic, one after the other',
  clipping: 'Wasserstein, |ψ| clipped at 1',
  one_centred: 'Wasserstein, slope 1 asked for',
  zero_centred: 'logistic, R₁ penalty',
};

/** The smallest GAN: data at 0, a generator θ, a critic ψ x, and the way its training goes. */
export class DiracPart extends LitElement {
  static override styles = [
    base,
    parts,
    css`
      plane-canvas {
        max-width: 24rem;
      }
      input[type='range'] {
        width: 8rem;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    method: { state: true },
    h: { state: true },
    gamma: { state: true },
    open: { state: true },
  };

  declare session: Session;
  declare version: number;
  declare private method: AskDirac['method'];
  declare private h: number;
  declare private gamma: number;
  /** Nothing is computed until a person wants to see it. */
  declare private open: boolean;

  private readonly ways = new Inquiry<AskDirac, Dirac>(
    this,
    'dirac',
    () => {
      const { method, h, gamma, open } = this;
      return open ? { method, h, gamma, steps: STEPS } : null;
    },
    true,
  );

  constructor() {
    super();
    this.method = 'alternating';
    this.h = 0.2;
    this.gamma = 0.3;
    this.open = false;
  }

  protected override render() {
    return html`<details
      @toggle=${(e: Event) => {
        this.open = (e.target as HTMLDetailsElement).open;
      }}
    >
      <summary><h3>Why GANs circle: the Dirac-GAN</h3></summary>
      ${this.open ? [this.renderControls(), this.renderWays()] : nothing}
    </details>`;
  }

  private renderControls() {
    const set = (name: 'h' | 'gamma') => (e: Event) => {
      this[name] = Number((e.target as HTMLInputElement).value);
    };
    return html`<div class="row">
      <label>
        training
        <select
          @change=${(e: Event) => {
            this.method = (e.target as HTMLSelectElement).value as AskDirac['method'];
          }}
        >
          ${Object.entries(METHODS).map(
            ([name, title]) =>
              html`<option value=${name} ?selected=${name === this.method}>${title}</option>`,
          )}
        </select>
      </label>
      <label>
        step size h
        <input type="range" min="0.02" max="1" step="0.02" .value=${String(this.h)} @input=${set('h')} />
        <output>${this.h.toFixed(2)}</output>
      </label>
      ${
        this.method.endsWith('centred')
          ? html`<label>
              penalty γ
              <input
                type="range"
                min="0"
                max="2"
                step="0.05"
                .value=${String(this.gamma)}
                @input=${set('gamma')}
              />
              <output>${this.gamma.toFixed(2)}</output>
            </label>`
          : nothing
      }
    </div>`;
  }

  private renderWays() {
    const { answer, error } = this.ways;
    if (error) return html`<p class="bad">${error}</p>`;
    if (!answer) return html`<p class="soft">Computing ${STEPS} updates…</p>`;
    const { path, at, by, radius } = answer;
    const last = [path.at(-2) as number, path.at(-1) as number];
    const far = Math.hypot(...last);
    const layers: Layer[] = [
      { kind: 'arrows', at, by, factor: 0.5 / (this.h || 1), token: '--data' },
      { kind: 'lines', paths: [path], token: '--accent', width: 2 },
      { kind: 'points', points: Float32Array.of(0, 0), token: '--ink', radius: 4 },
      { kind: 'points', points: Float32Array.from(last), token: '--second', radius: 6 },
    ];
    return html`<figure>
      <plane-canvas
        .extent=${DIRAC_EXTENT}
        .layers=${layers}
        .label=${`${STEPS} updates from θ = 1, ψ = 0 end ${far.toFixed(2)} from the equilibrium at 0. ${fateOf(radius)}`}
      ></plane-canvas>
      <figcaption>
        Generator θ across, critic’s slope ψ up, ±${DIRAC_EXTENT}. The data are the number 0, and so is
        the one equilibrium. From θ = 1, ψ = 0 training ends ${far.toFixed(2)} away from it after
        ${STEPS} updates. ${fateOf(radius)}
      </figcaption>
    </figure>`;
  }
}

function fateOf(radius: number | null): string {
  if (radius === null) return 'The penalty has a kink at ψ = 0, so nothing settles there.';
  const size = `The larger eigenvalue of an update there has size ${radius.toFixed(4)}: `;
  if (radius > 1.00001) return `${size}every way leads outwards.`;
  return radius < 0.99999 ? `${size}it spirals in.` : `${size}it goes around for ever.`;
}

customElements.define('dirac-part', DiracPart);
