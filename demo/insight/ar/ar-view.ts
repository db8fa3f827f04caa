import { html, LitElement } from 'lit';
import type { Session } from '../../session.ts';
import './pixels-view.ts';
import './symbols-view.ts';

/** The tag of the view. */
export const TAG = 'ar-view';

/** What an autoregressive model hears, says and draws: of images, or of sequences. */
export class ArView extends LitElement {
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  protected override render() {
    const { session, version } = this;
    if (!session.opened) return html``;
    return session.opened.form.kind === 'images'
      ? html`<pixels-view .session=${session} .version=${version}></pixels-view>`
      : html`<symbols-view .session=${session} .version=${version}></symbols-view>`;
  }
}

customElements.define(TAG, ArView);
