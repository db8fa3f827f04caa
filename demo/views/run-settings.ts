import { css, html, LitElement, nothing } from 'lit';
import { nameParts } from '../../models/data/own.ts';
import type { ChoiceSetting, ModelInfo, NumberSetting } from '../../models/settings.ts';
import { changeable, settingsAt } from '../../run/changes.ts';
import type { RunConfig } from '../../run/folder.ts';
import { defaultAddress, formatAddress, infoOf } from '../address.ts';
import { nameText } from './format.ts';
import './preset-picker.ts';
import './run-changes.ts';
import { base, card } from './styles.ts';

/** A setting that is to have another value. */
export interface Changed {
  name: string;
  value: number | string;
}

/**
 * Data, seed and settings of the run. Some may be changed while it trains: fires `change-setting`. A change of
 * others goes to another address, which starts anew.
 */
export class RunSettings extends LitElement {
  static override styles = [
    base,
    card,
    css`
      h1 {
        margin: 0;
        font-size: 1.25rem;
        line-height: 1.2;
      }
      .paper {
        margin: 0.3rem 0 0.9rem;
      }
      form {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(6rem, 1fr));
        gap: 0.75rem 0.8rem;
      }
      .wide {
        grid-column: 1 / -1;
      }
      label,
      .field {
        display: block;
        min-width: 0;
      }
      label > span {
        display: block;
        white-space: nowrap;
        margin-bottom: 0.15rem;
        font-size: 0.85rem;
      }
      input,
      select {
        width: 100%;
        font-variant-numeric: tabular-nums;
      }
      input:user-invalid {
        border-color: var(--danger);
        outline-color: var(--danger);
      }
      .seed {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: end;
        gap: 0.4rem;
      }
      .live::before {
        content: '';
        display: inline-block;
        width: 0.5em;
        height: 0.5em;
        margin-right: 0.35em;
        border-radius: 50%;
        background: var(--third);
        vertical-align: 0.08em;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
        margin: 1rem 0 0.6rem;
      }
    `,
  ];

  static override properties = {
    run: { attribute: false },
    step: { type: Number },
    running: { type: Boolean },
    copied: { state: true },
  };

  declare run: RunConfig;
  /** Steps done, by which settings that were changed have their values. */
  declare step: number;
  /** Whether there is a run whose settings can be changed. */
  declare running: boolean;
  declare private copied: string;

  protected override render() {
    const { model, data } = this.run;
    const info = infoOf(model) as ModelInfo;
    return html`
      <h1>${info.title}</h1>
      <p class="paper small soft">${info.paper}</p>
      <form @submit=${(e: Event) => e.preventDefault()} aria-label="Settings">
        <label class="wide">
          <span>data</span>
          <select @change=${(e: Event) => this.go(defaultAddress(model, textOf(e)))}>
            ${Object.keys(info.data).map(
              (name) =>
                html`<option value=${name} ?selected=${name === data}>${nameText(name)}</option>`,
            )}
            ${
              nameParts(data).hash
                ? html`<option value=${data} selected>own, like ${nameText(nameParts(data).like)}</option>`
                : nothing
            }
          </select>
        </label>
        ${info.presets ? html`<preset-picker class="wide" .run=${this.run}></preset-picker>` : nothing}
        ${this.renderSeed()}
        ${Object.entries(info.settings).map(([name, setting]) => this.renderSetting(name, setting))}
      </form>
      <div class="foot">
        <button @click=${() => this.go(defaultAddress(model, data))}>Defaults</button>
        <button @click=${this.copy}>Copy link</button>
      </div>
      <p class="small soft" role="status">
        ${this.copied || 'The address holds every setting: the same address gives the same losses.'}
      </p>
      <p class="small soft">
        <span class="live">Marked</span> settings change the run as it goes, and the address notes when. A
        change of others starts it anew.
      </p>
      ${this.run.changes ? html`<run-changes .run=${this.run}></run-changes>` : nothing}
    `;
  }

  private renderSeed() {
    const { seed } = this.run;
    const set = (next: number) => this.go(formatAddress({ ...this.run, seed: next }));
    return html`<div class="wide seed">
      <label>
        <span>seed</span>
        <input
          type="number"
          required
          min="0"
          max="4294967295"
          .value=${String(seed)}
          @change=${(e: Event) => valid(e) && set(Number(textOf(e)))}
        />
      </label>
      <button @click=${() => set(seed + 1)} aria-label="+1: the next seed">+1</button>
    </div>`;
  }

  private renderSetting(name: string, setting: NumberSetting | ChoiceSetting) {
    const value = String(settingsAt(this.run, this.step)[name]);
    const live = changeable(this.run.model).includes(name);
    const label = html`<span class=${live ? 'live' : ''} title=${setting.meaning}>
      ${nameText(name)}
    </span>`;
    if ('choices' in setting) {
      return html`<label>
        ${label}
        <select title=${setting.meaning} @change=${(e: Event) => this.set(name, textOf(e))}>
          ${setting.choices.map(
            (choice) => html`<option ?selected=${choice === value}>${choice}</option>`,
          )}
        </select>
      </label>`;
    }
    return html`<label>
      ${label}
      <input
        type="number"
        required
        aria-description=${setting.meaning}
        title=${`${setting.meaning}, from ${setting.least} to ${setting.most}`}
        min=${setting.least}
        max=${setting.most}
        step=${setting.whole ? 1 : 'any'}
        .value=${value}
        @change=${(e: Event) => valid(e) && this.set(name, Number(textOf(e)))}
      />
    </label>`;
  }

  private set(name: string, value: number | string): void {
    if (this.running && changeable(this.run.model).includes(name)) {
      const detail: Changed = { name, value };
      this.dispatchEvent(new CustomEvent('change-setting', { detail }));
      return;
    }
    const settings = { ...this.run.settings, [name]: value };
    this.go(formatAddress({ ...this.run, settings }));
  }

  private go(address: string): void {
    this.copied = '';
    location.hash = address;
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(location.href);
      this.copied = 'Copied: whoever opens it gets the same losses.';
    } catch {
      this.copied = 'The browser did not allow it: copy the address line instead.';
    }
  }
}

const textOf = (event: Event) => (event.target as HTMLInputElement | HTMLSelectElement).value;

const valid = (event: Event) => (event.target as HTMLInputElement).reportValidity();

customElements.define('run-settings', RunSettings);
