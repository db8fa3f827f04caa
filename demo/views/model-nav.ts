import { css, html, LitElement, nothing } from 'lit';
import { catalog, type ModelName } from '../../models/catalog.ts';
import { familyTitles, type ModelInfo } from '../../models/settings.ts';
import { defaultAddress, infoOf } from '../address.ts';
import { pills, showCurrent } from './pills.ts';
import { base } from './styles.ts';

/** The models of a family, by name. */
const modelsOf = (family: string | undefined): [string, ModelInfo][] =>
  Object.entries<ModelInfo>(catalog).filter(([, info]) => info.family === family);

/** Links to the first model of each family, and to the models of the family that is open. */
export class ModelNav extends LitElement {
  static override styles = [
    base,
    pills,
    css`
      .models {
        margin: 0.4rem 0 0.9rem;
        padding-top: 0.4rem;
        border-top: 1px solid var(--line);
        font-size: 0.92rem;
      }
    `,
  ];

  static override properties = { model: {} };

  /** The model that is open, if any. */
  declare model: ModelName | undefined;

  protected override render() {
    const family = this.model && infoOf(this.model)?.family;
    return html`
      <nav aria-label="Families">
        ${Object.entries(familyTitles).map(
          ([name, title]) => html`<a
            href=${defaultAddress(modelsOf(name)[0][0])}
            aria-current=${name === family ? 'true' : nothing}
            >${title}</a
          >`,
        )}
      </nav>
      <nav class="models" aria-label="Models">
        ${modelsOf(family).map(
          ([name, { title }]) => html`<a
            href=${defaultAddress(name)}
            aria-current=${name === this.model ? 'page' : nothing}
            >${title}</a
          >`,
        )}
      </nav>
    `;
  }

  protected override updated(): void {
    showCurrent(this.renderRoot);
  }
}

customElements.define('model-nav', ModelNav);
