import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { keptRoofs } from '../bench/kept-roofs.ts';
import type { Profile, Visited } from '../protocol.ts';
import { countText, msText } from './format.ts';
import './kernel-list.ts';
import './kernel-text.ts';
import './step-timeline.ts';
import './stored-facts.ts';
import { base, card } from './styles.ts';

/** What ran in one training step, and its WGSL. Fires `profile` to time another step. */
export class KernelView extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .split {
        display: grid;
        grid-template-columns: minmax(16rem, 2fr) 3fr;
        gap: 1rem;
      }
      .split > * {
        min-width: 0;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      @media (max-width: 50rem) {
        .split {
          grid-template-columns: minmax(0, 1fr);
        }
        kernel-list {
          --tall: 17rem;
        }
      }
    `,
  ];

  static override properties = {
    profile: { attribute: false },
    visited: { attribute: false },
    idle: { type: Boolean },
    adapter: {},
    chosen: { state: true },
    slowest: { state: true },
  };

  declare profile: Profile | null;
  /** Where a step stands that is run dispatch by dispatch. */
  declare visited: Visited | null;
  /** Whether no step can be timed now. */
  declare idle: boolean;
  /** Name of the adapter. */
  declare adapter: string;
  declare private chosen: number;
  declare private slowest: boolean;

  constructor() {
    super();
    this.profile = null;
    this.visited = null;
    this.adapter = '';
    this.chosen = -1;
    this.slowest = false;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { profile, visited } = this;
    if (changed.has('visited') && visited) this.chosen = visited.index;
    if (!changed.has('profile') || !profile || this.chosen in profile.dispatches) return;
    const times = profile.dispatches.map((d) => d.ms || 0);
    this.chosen = times.indexOf(Math.max(...times));
  }

  protected override render() {
    return html`
      <div class="head">
        <h2>Kernels of one step</h2>
        ${this.renderSummary()}
        <div class="tools">
          <select
            aria-label="Order of the dispatches"
            @change=${(e: Event) => {
              this.slowest = (e.target as HTMLSelectElement).value === 'slowest';
            }}
          >
            <option value="ran">in the order they ran</option>
            <option value="slowest">slowest first</option>
          </select>
          <button ?disabled=${this.idle} @click=${() => this.dispatchEvent(new Event('profile'))}>
            Time a step
          </button>
        </div>
      </div>
      ${this.profile ? this.renderProfile(this.profile) : this.renderEmpty()}
    `;
  }

  private renderSummary() {
    if (!this.profile) return '';
    const { step, dispatches } = this.profile;
    const kernels = new Set(dispatches.map((d) => d.kernel)).size;
    const total = dispatches.reduce((sum, d) => sum + d.ms, 0);
    return html`<p class="small soft number">
      step ${countText(step)}: ${dispatches.length} dispatches of ${kernels} kernels, ${msText(total)}
    </p>`;
  }

  private renderProfile({ dispatches, texts }: Profile) {
    const dispatch = dispatches[this.chosen] ?? dispatches[0];
    const choose = (e: CustomEvent<number>) => {
      this.chosen = e.detail;
    };
    return html`<step-timeline
        .profile=${this.profile}
        .chosen=${this.chosen}
        .roofs=${keptRoofs(this.adapter)}
        @choose=${choose}
      ></step-timeline>
      <div class="split">
      <kernel-list
        .profile=${this.profile}
        .chosen=${this.chosen}
        .slowest=${this.slowest}
        @choose=${choose}
      ></kernel-list>
      <div>
        ${
          this.visited?.index === this.chosen
            ? html`<stored-facts .stored=${this.visited.stored}></stored-facts>`
            : nothing
        }
        <kernel-text .dispatch=${dispatch} .text=${texts[dispatch.text]}></kernel-text>
      </div>
    </div>`;
  }

  private renderEmpty() {
    return html`<p class="soft">
      Train a step: each dispatch is listed here with its time, and the WGSL that ran.
    </p>`;
  }
}

customElements.define('kernel-view', KernelView);
