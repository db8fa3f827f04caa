import { css, html, LitElement } from 'lit';
import { type Change, settingsAt } from '../../run/changes.ts';
import type { RunConfig } from '../../run/folder.ts';
import { formatAddress } from '../address.ts';
import { countText, nameText } from './format.ts';
import { base } from './styles.ts';

/** The settings of a run that were changed while it trained, and buttons that start it anew without one. */
export class RunChanges extends LitElement {
  static override styles = [
    base,
    css`
      h2 {
        margin-top: 0.9rem;
        font-size: 0.9rem;
      }
      ul {
        margin: 0.3rem 0 0;
        padding: 0;
        font-size: 0.85rem;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 0.4rem;
      }
      button {
        min-height: 1.7rem;
        padding: 0 0.55rem;
      }
    `,
  ];

  static override properties = { run: { attribute: false } };

  declare run: RunConfig;

  protected override render() {
    return html`<h2>Changed on the way</h2>
      <ul>
        ${this.run.changes?.map((change) => this.renderChange(change))}
      </ul>`;
  }

  private renderChange(change: Change) {
    const { step, name, value } = change;
    const before = settingsAt(this.run, step - 1)[name];
    return html`<li>
      <span>step ${countText(step)}: ${nameText(name)} ${before} → ${value}</span>
      <button
        aria-label=${`Run anew without the change of ${nameText(name)} at step ${step}`}
        @click=${() => this.removeChange(change)}
      >
        ×
      </button>
    </li>`;
  }

  private removeChange(gone: Change): void {
    const changes = this.run.changes?.filter((change) => change !== gone);
    location.hash = formatAddress({ ...this.run, changes });
  }
}

customElements.define('run-changes', RunChanges);
