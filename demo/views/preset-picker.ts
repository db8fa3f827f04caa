import { css, html, LitElement, nothing } from 'lit';
import type { Preset } from '../../models/settings.ts';
import type { RunConfig } from '../../run/folder.ts';
import { defaultAddress, formatAddress, infoOf } from '../address.ts';
import { nameText } from './format.ts';
import { base } from './styles.ts';

const GROUPS: Record<Preset['verdict'], string> = {
  good: 'known to work',
  bad: 'known to fail',
  large: 'large',
};

/** The presets of a run's model by what is known of them, and the reason for the one that is chosen. */
export class PresetPicker extends LitElement {
  static override styles = [
    base,
    css`
      span {
        display: block;
        margin-bottom: 0.15rem;
        font-size: 0.85rem;
      }
      select {
        width: 100%;
      }
      p {
        margin-top: 0.45rem;
        padding-left: 0.6rem;
        border-left: 3px solid var(--line);
      }
      .good {
        border-color: var(--accent);
      }
      .bad {
        border-color: var(--danger);
      }
    `,
  ];

  static override properties = { run: { attribute: false } };

  declare run: RunConfig;

  protected override render() {
    const presets = Object.entries(infoOf(this.run.model)?.presets ?? {});
    const now = formatAddress({ ...this.run, seed: 0 });
    const chosen = presets.find(([name]) => this.addressOf(name, this.run.data) === now);
    const plain = this.addressOf('', this.run.data) === now;
    return html`<label>
        <span>preset</span>
        <select @change=${this.choose}>
          <option value="" ?selected=${plain}>default</option>
          ${chosen || plain ? nothing : html`<option disabled selected>own settings</option>`}
          ${Object.entries(GROUPS).map(([verdict, title]) => {
            const those = presets.filter(([, preset]) => preset.verdict === verdict);
            if (!those.length) return nothing;
            return html`<optgroup label=${title}>
              ${those.map(
                ([name]) =>
                  html`<option value=${name} ?selected=${name === chosen?.[0]}>
                    ${nameText(name)}
                  </option>`,
              )}
            </optgroup>`;
          })}
        </select>
      </label>
      ${chosen ? this.renderReason(chosen[1]) : nothing}`;
  }

  private renderReason({ verdict, why }: Preset) {
    return html`<p class="small ${verdict}" role="status">
      <b>${{ good: 'Works.', bad: 'Fails.', large: 'Large.' }[verdict]}</b> ${why}
    </p>`;
  }

  private addressOf(preset: string, data: string): string {
    return defaultAddress(this.run.model, data, preset || undefined);
  }

  private readonly choose = (event: Event): void => {
    const name = (event.target as HTMLSelectElement).value;
    const preset = infoOf(this.run.model)?.presets?.[name];
    location.hash = this.addressOf(name, preset?.data ?? this.run.data);
  };
}

customElements.define('preset-picker', PresetPicker);
