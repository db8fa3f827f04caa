import { css, html, LitElement, type PropertyValues } from 'lit';
import type { Profile } from '../protocol.ts';
import { msText } from './format.ts';
import { base } from './styles.ts';

const CHUNK = 30;

/** The dispatches of one step: choose one to read. Fires `choose` with its index. */
export class KernelList extends LitElement {
  static override styles = [
    base,
    css`
      .list {
        position: relative;
        max-height: 34rem;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
        scrollbar-width: thin;
      }
      label {
        display: grid;
        grid-template-columns: 2.2em minmax(0, 1fr) auto;
        gap: 0 0.6rem;
        padding: 0.3rem 0.7rem;
        border-bottom: 1px solid var(--line);
        cursor: pointer;
        background: linear-gradient(var(--accent) 0 0) 3.5em calc(100% - 2px) no-repeat;
        background-size: calc((100% - 4.2em) * var(--share)) 2px;
        content-visibility: auto;
        contain-intrinsic-height: auto 3rem;
      }
      label:last-child {
        border-bottom: 0;
      }
      label:hover {
        background-color: var(--sunken);
      }
      label:has(:checked) {
        background-color: color-mix(in srgb, var(--accent) 14%, var(--surface));
        box-shadow: inset 3px 0 var(--accent);
      }
      label:has(:focus-visible) {
        outline: 2.5px solid var(--accent);
        outline-offset: -3px;
      }
      input {
        position: absolute;
        opacity: 0;
        pointer-events: none;
      }
      .op {
        overflow: hidden;
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .ms {
        text-align: right;
        font-variant-numeric: tabular-nums;
      }
      .what {
        grid-column: 2 / -1;
        overflow: hidden;
        color: var(--soft);
        font: 0.78rem / 1.45 var(--mono);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ];

  static override properties = {
    profile: { attribute: false },
    chosen: { type: Number },
    slowest: { type: Boolean },
    ready: { state: true },
  };

  declare profile: Profile;
  declare chosen: number;
  /** Slowest first, instead of in the order they ran. */
  declare slowest: boolean;
  /** Rows drawn so far. */
  declare private ready: number;

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('profile')) this.ready = CHUNK;
  }

  protected override render() {
    return html`<div class="list" role="radiogroup" aria-label="Dispatches of one step">
      ${this.order.slice(0, this.ready).map((i) => this.renderDispatch(i))}
    </div>`;
  }

  private get order(): number[] {
    const { dispatches } = this.profile;
    const order = dispatches.map((_, i) => i);
    if (this.slowest) order.sort((a, b) => dispatches[b].ms - dispatches[a].ms || a - b);
    return order;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.ready < this.profile.dispatches.length) {
      setTimeout(() => (this.ready += CHUNK)); // rows by and by: no frame waits for hundreds
    }
    if (changed.has('chosen') && changed.size === 1) return;
    const list = this.renderRoot.querySelector('.list') as HTMLElement;
    this.drawBars(list);
    const chosen = list.querySelector('label:has(:checked)') as HTMLElement | null;
    if (chosen) list.scrollTop = chosen.offsetTop - list.clientHeight / 3;
  }

  /** Not in the template: the page's security policy allows no style attributes. */
  private drawBars(list: HTMLElement): void {
    const times = this.profile.dispatches.map((d) => d.ms || 0);
    const longest = Math.max(...times) || 1;
    const { order } = this;
    Array.from(list.children as HTMLCollectionOf<HTMLElement>).forEach((row, i) => {
      row.style.setProperty('--share', (times[order[i]] / longest).toFixed(3));
    });
  }

  private renderDispatch(i: number) {
    const { op, kernel, shapes, ms } = this.profile.dispatches[i];
    const choose = () => this.dispatchEvent(new CustomEvent<number>('choose', { detail: i }));
    return html`<label>
      <span class="soft number">${i + 1}</span>
      <span class="op" title=${op}>
        <input type="radio" name="dispatch" .checked=${i === this.chosen} @change=${choose} />
        ${op}
      </span>
      <span class="ms">${msText(ms)}</span>
      <span class="what" title=${shapes}>${kernel} ${shapes}</span>
    </label>`;
  }
}

customElements.define('kernel-list', KernelList);
