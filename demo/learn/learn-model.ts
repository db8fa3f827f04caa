import { css, html, LitElement, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import type { ChoiceSetting, ModelInfo, NumberSetting } from '../../models/settings.ts';
import type { FilePage } from '../../tools/pages.ts';
import { defaultAddress } from '../address.ts';
import { base, card } from '../views/styles.ts';
import { filePart, filePartStyle } from './learn-family.ts';
import { inline, proseStyle } from './prose.ts';

/** A model: its paper and objective, what its files say, what its tests claim, and its settings. */
export class LearnModel extends LitElement {
  static override styles = [
    base,
    card,
    proseStyle,
    filePartStyle,
    css`
      .formulas {
        max-width: 100%;
        overflow-x: auto;
        scrollbar-width: thin;
      }
      math {
        width: fit-content;
        margin: 0.6rem 0;
        font-size: 1.06rem;
      }
    `,
  ];

  static override properties = {
    name: {},
    info: { attribute: false },
    claim: {},
    formulas: { attribute: false },
    files: { attribute: false },
  };

  declare name: string;
  declare info: ModelInfo;
  /** What the tests hold it to. */
  declare claim: string;
  /** What it is trained on, as MathML. */
  declare formulas: readonly string[];
  /** Its own file first, each with the folder it lies in. */
  declare files: readonly { folder: string; file: FilePage }[];

  protected override render() {
    const { title, paper, settings, data } = this.info;
    return html`
      <div class="head">
        <h2>${title}</h2>
        <a href="./${defaultAddress(this.name)}">Train it in the studio</a>
      </div>
      <p class="soft">${paper}</p>
      <div class="formulas" role="group" aria-label="Objective" tabindex="0">
        ${this.formulas.map((formula) => unsafeHTML(formula))}
      </div>
      ${this.files.map(({ folder, file }) => filePart(folder, file))}
      <article class="prose">
        ${
          this.claim
            ? html`<h3>What the tests hold it to</h3>
              <p>${inline(this.claim)}</p>`
            : nothing
        }
        <h3>Settings</h3>
        <table>
          <thead>
            <tr>
              <th scope="col">setting</th>
              <th scope="col">meaning</th>
              <th scope="col">default</th>
              <th scope="col">may be</th>
            </tr>
          </thead>
          <tbody>
            ${Object.entries(settings).map(
              ([name, setting]) => html`<tr>
                <td><code>${name}</code></td>
                <td>${setting.meaning}</td>
                <td>${setting.default}</td>
                <td>${rangeOf(setting)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
        <p>Data: ${Object.keys(data).join(', ')}. Where one suits other settings, it brings them.</p>
      </article>
    `;
  }
}

const rangeOf = (setting: NumberSetting | ChoiceSetting): string =>
  'choices' in setting
    ? setting.choices.join(', ')
    : `${setting.whole ? 'whole, ' : ''}${setting.least} to ${setting.most}`;

customElements.define('learn-model', LearnModel);
