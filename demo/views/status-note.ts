import { css, html, LitElement, nothing } from 'lit';
import type { Session } from '../session.ts';
import { base } from './styles.ts';

/** What the page is busy with, what went wrong and what to do. Fires `again` to try once more. */
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
        white-space: pre-line;
      }
      code {
        font: 0.85em var(--mono);
      }
      .dot {
        width: 0.7rem;
        height: 0.7rem;
        border-radius: 50%;
        background: var(--accent);
        animation: pulse 1.2s ease-in-out infinite alternate;
      }
      @keyframes pulse {
        to {
          opacity: 0.25;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .dot {
          animation: none;
        }
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
    if (session?.phase === 'opening') return this.renderOpening(session);
    if (session?.notice) {
      return html`<div class="note"><p class="text">${session.notice}</p></div>`;
    }
    return nothing;
  }

  private renderProblem(problem: string) {
    return html`<div class="note bad" role="alert">
      <p class="text">${problem}</p>
      ${
        this.problem
          ? nothing
          : html`<button @click=${() => this.dispatchEvent(new Event('again'))}>Try again</button>`
      }
    </div>`;
  }

  private renderOpening({ stage, compiled }: Session) {
    const newest = compiled.at(-1);
    return html`<div class="note">
      <span class="dot"></span>
      <p class="text">
        ${stage}…
        ${newest ? html`<span class="soft">kernel ${compiled.length}: <code>${newest}</code></span>` : nothing}
      </p>
    </div>`;
  }
}

customElements.define('status-note', StatusNote);
