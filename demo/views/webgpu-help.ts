import { css, html, LitElement } from 'lit';
import { infoOf } from '../address.ts';
import type { Session } from '../session.ts';
import { nameText } from './format.ts';
import { remedies } from './remedies.ts';
import { base, card } from './styles.ts';

/** Why nothing is computed in this browser, what to do about it, and what is shown meanwhile. */
export class WebGpuHelp extends LitElement {
  static override styles = [
    base,
    card,
    css`
      :host {
        border-left: 4px solid var(--danger);
      }
      ol {
        margin: 0.5rem 0 0.7rem;
        padding-left: 1.3rem;
      }
      li + li {
        margin-top: 0.2rem;
      }
      code {
        font: 0.92em var(--mono);
        overflow-wrap: anywhere;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 1rem;
      }
      .row p {
        flex: 1 1 20rem;
      }
    `,
  ];

  static override properties = { session: { attribute: false }, reason: {} };

  /** The recording that is shown meanwhile. */
  declare session: Session;
  /** What the browser said. */
  declare reason: string;

  protected override render() {
    const here = {
      agent: navigator.userAgent,
      secure: isSecureContext,
      offered: 'gpu' in navigator,
    };
    const { run, opened } = this.session;
    const title = `${infoOf(run.model)?.title} on ${nameText(run.data)}`;
    return html`
      <h2>This browser offers no WebGPU, on which the studio computes. What to do:</h2>
      <ol>
        ${remedies(here).map((text) => html`<li>${text}</li>`)}
      </ol>
      <div class="row">
        <p class="small soft">
          Shown meanwhile: ${title}, ${opened?.adapter}. Play shows how its training went. The browser
          said: ${this.reason}
        </p>
        <button @click=${() => location.reload()}>Try again</button>
      </div>
    `;
  }
}

customElements.define('webgpu-help', WebGpuHelp);
