import { css, html, LitElement, nothing } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import type { FamilyPage, FilePage } from '../../tools/pages.ts';
import { base, card } from '../views/styles.ts';
import { prose, proseStyle } from './prose.ts';

/** What a model's file says of itself: header, the code of its equations, and what differs from the paper. */
export const filePart = (folder: string, { name, header, equations, after }: FilePage) => html`
  <article class="prose" id=${name}>
    <h3><code>models/${folder}/${name}.ts</code></h3>
    ${prose(header)}
    ${
      equations.length
        ? html`<h4>The equations in the code</h4>
          <ol class="equations">
            ${equations.map(
              ({ line, code, says }) => html`<li>
                <span class="small soft">line ${line}: ${says}</span>
                <pre tabindex="0">${code}</pre>
              </li>`,
            )}
          </ol>`
        : nothing
    }
    ${prose(after)}
  </article>
`;

/** The look of such a part. */
export const filePartStyle = css`
  article {
    margin-top: 1.1rem;
    padding-top: 0.3rem;
    border-top: 1px solid var(--line);
  }
  h3 {
    font-size: 1rem;
  }
  h4 {
    margin: 0.9rem 0 0.3rem;
    font-size: 0.92rem;
  }
  .prose .equations {
    max-width: none;
    padding: 0;
    list-style: none;
  }
  .equations pre {
    margin: 0.1rem 0 0.5rem;
  }
`;

/** A family: its README, and what each of its files says. */
export class LearnFamily extends LitElement {
  static override styles = [base, card, proseStyle, filePartStyle];

  static override properties = { heading: {}, folder: {}, page: { attribute: false } };

  declare heading: string;
  declare folder: string;
  declare page: FamilyPage;

  protected override render() {
    const { html: readme, files } = this.page;
    return html`
      <h2>${this.heading}</h2>
      <div class="prose">${unsafeHTML(readme)}</div>
      ${files.map((file) => filePart(this.folder, file))}
    `;
  }
}

customElements.define('learn-family', LearnFamily);
