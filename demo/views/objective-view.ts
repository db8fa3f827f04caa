import { css, html, LitElement, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { type Objective, objectivesOf } from '../../models/objective.ts';
import { infoOf } from '../address.ts';
import { type Curve, emptyCurve } from '../curve.ts';
import { LOSS_COLOURS } from './colours.ts';
import { lossText } from './format.ts';
import { base, card } from './styles.ts';

/** What a model is trained on, in symbols, and the losses of a run beside theirs. */
export class ObjectiveView extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .all {
        display: flex;
        flex-wrap: wrap;
        gap: 0.8rem 2.2rem;
        justify-content: space-between;
        align-items: center;
      }
      .formulas {
        min-width: 0;
        max-width: 100%;
        overflow-x: auto;
        padding-bottom: 0.1rem;
      }
      math {
        width: fit-content;
        font-size: 1.06rem;
      }
      .formulas math {
        margin: 0.6rem 0;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, auto) auto;
        max-width: 100%;
        align-items: baseline;
        gap: 0.25rem 0.8rem;
        margin: 0;
      }
      dt {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0.1rem 0.5rem;
        color: var(--soft);
        font-size: 0.85rem;
      }
      dt::before {
        content: '';
        align-self: center;
        width: 0.95em;
        height: 0.2em;
        background: var(--second);
      }
      dt math {
        color: var(--ink);
      }
      dd {
        margin: 0;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      dd b {
        font-size: 1.1rem;
      }
      .loss0::before {
        background: var(--accent);
      }
      .loss2::before {
        background: var(--third);
      }
      .loss3::before {
        background: none;
      }
    `,
  ];

  static override properties = {
    model: { attribute: false },
    curve: { attribute: false },
    version: { type: Number },
    objective: { state: true },
  };

  declare model: string;
  /** Losses so far; without a step the formulas stand alone. */
  declare curve: Curve;
  /** Steps in the curve; a change redraws. */
  declare version: number;
  declare private objective: Objective | null;
  private shown = '';

  constructor() {
    super();
    this.model = '';
    this.curve = emptyCurve();
    this.version = 0;
    this.objective = null;
  }

  protected override willUpdate(): void {
    if (this.model !== this.shown) this.load(this.model);
  }

  private async load(model: string): Promise<void> {
    this.shown = model;
    this.objective = null;
    const family = infoOf(model)?.family;
    const all = family && (await objectivesOf[family]());
    if (model === this.shown) this.objective = all?.[model] ?? null;
  }

  protected override render() {
    const { objective } = this;
    return html`
      <div class="head"><h2>Objective</h2></div>
      <div class="all">
        <div class="formulas" role="group" aria-label="Formulas" tabindex="0">${objective?.formulas.map((formula) => unsafeHTML(formula))}</div>
        ${objective && this.curve.names.length ? this.renderLosses(objective) : nothing}
      </div>
    `;
  }

  private renderLosses({ losses }: Objective) {
    const units = infoOf(this.model)?.losses ?? {};
    return html`<dl>
      ${this.curve.names.map(
        (name, i) => html`
          <dt class=${i < LOSS_COLOURS.length ? `loss${i}` : 'loss3'}>
            <span>${name}</span> ${losses[name] ? unsafeHTML(losses[name]) : nothing}
          </dt>
          <dd>
            <b>${lossText(this.curve.smooth[i]?.at(-1))}</b>
            <span class="small soft">${units[name]}</span>
          </dd>
        `,
      )}
    </dl>`;
  }
}

customElements.define('objective-view', ObjectiveView);
