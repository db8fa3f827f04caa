import { css, html, LitElement, nothing } from 'lit';
import icon from '../icon.svg';
import { pills, showCurrent } from './pills.ts';
import { base } from './styles.ts';

/** The pages of the studio: what the header calls them and where they are. */
const pages = {
  families: { title: 'Families', address: './' },
  kernels: { title: 'Kernels', address: './kernels.html' },
  learn: { title: 'Learn', address: './learn.html' },
  compare: { title: 'Compare', address: './compare.html' },
  bench: { title: 'Bench', address: './bench.html' },
} as const;

/** The name of a page of the studio. */
export type PageName = keyof typeof pages;

/** What every page begins with: the name, the pages, and at the end what a page has to say of itself. */
export class SiteHeader extends LitElement {
  static override styles = [
    base,
    pills,
    css`
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 1.6rem;
        padding: 0.9rem 0;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 0.55rem;
        color: var(--ink);
        font-size: 1.15rem;
        font-weight: 700;
        letter-spacing: -0.01em;
        text-decoration: none;
      }
      .end {
        flex: 1;
        min-width: 0;
        text-align: right;
      }
      h1,
      .skip:not(:focus) {
        position: absolute;
        width: 1px;
        margin: 0;
        min-height: 0;
        height: 1px;
        padding: 0;
        overflow: hidden;
        clip-path: inset(50%);
      }
      @media (max-width: 44rem) {
        header {
          gap: 0.2rem 0.5rem;
          padding: 0.6rem 0 0.4rem;
        }
        .brand span {
          display: none;
        }
        nav {
          flex: 1;
          padding-right: 0;
          mask-image: none; /* all of them fit beside the brand */
        }
        nav a {
          padding: 0.4rem;
          font-size: 0.9rem;
        }
        .end {
          flex-basis: 100%;
        }
      }
    `,
  ];

  static override properties = { page: {} };

  /** The page it stands on, whose heading it is unless the page has one. */
  declare page: PageName;

  protected override render() {
    return html`<header>
      ${this.page === 'families' ? nothing : html`<h1>${pages[this.page].title}</h1>`}
      <button class="skip" @click=${this.skip}>Skip to the content</button>
      <a class="brand" href="./" aria-label="Eightfold studio, start">
        <img src=${icon} alt="" width="28" height="28" />
        <span>Eightfold</span>
      </a>
      <nav aria-label="Pages">
        ${Object.entries(pages).map(
          ([name, { title, address }]) => html`<a
            href=${address}
            aria-current=${name === this.page ? 'page' : nothing}
            >${title}</a
          >`,
        )}
      </nav>
      <span class="end small soft"><slot></slot></span>
    </header>`;
  }

  protected override firstUpdated(): void {
    showCurrent(this.renderRoot);
  }

  /** A link could not: the part of an address after # names a run. */
  private skip(): void {
    const main = (this.getRootNode() as ShadowRoot).querySelector('main');
    main?.setAttribute('tabindex', '-1');
    main?.focus();
  }
}

customElements.define('site-header', SiteHeader);
