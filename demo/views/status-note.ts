import { css, html, LitElement, nothing } from 'lit';
import { defaultAddress } from '../address.ts';
import type { Session } from '../session.ts';
import { base } from './styles.ts';

/** What went wrong and what to do, or what else is worth knowing. Fires `again` to try once more. */
export class StatusNote extends LitElement {
  static override styles = [
    base,
    css`
      .note {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1rem;
        padding: 0.7rem 1.1rem;
        border: 1px solid var(--line);
        border-left: 4px solid var(--accent);
        border-radius: 10px;
        background: var(--surface);
      }
      .note.bad {
        border-left-color: var(--danger);
      }
      .text {
        flex: 1 1 20rem;
        overflow-wrap: anywhere;
      }
      p {
        white-space: pre-line;
      }
      h1 {
        margin: 0 0 0.2rem;
        font-size: 1.1rem;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { type: Number },
    problem: {},
  };

  declare session: Session | null;
  declare version: number;
  /** What is wrong with the address; there is no session then. */
  declare problem: string;

  protected override render() {
    const { session } = this;
    const problem = this.problem || session?.error?.message;
    if (problem) return this.renderProblem(problem);
    if (session?.notice) {
      const dismiss = () => {
        session.notice = '';
        this.requestUpdate();
      };
      return html`<div class="note" role="status">
        <p class="text">${session.notice}</p>
        <button @click=${dismiss}>Dismiss</button>
      </div>`;
    }
    return nothing;
  }

  protected override updated(): void {
    this.hidden = !this.renderRoot.firstElementChild;
  }

  private renderProblem(problem: string) {
    return html`<div class="note bad" role="alert">
      <div class="text">
        ${this.problem ? html`<h1>This address names no run</h1>` : nothing}
        <p>${problem}</p>
      </div>
      ${
        this.problem
          ? html`<a href=${defaultAddress('vae')}>Open the first model</a>`
          : html`<button @click=${() => this.dispatchEvent(new Event('again'))}>Try again</button>`
      }
    </div>`;
  }
}

customElements.define('status-note', StatusNote);
