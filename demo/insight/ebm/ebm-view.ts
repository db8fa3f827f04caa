import { html, LitElement } from 'lit';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import '../completion-part.ts';
import { parts } from '../parts.ts';
import './chains-part.ts';
import './energy-plane.ts';

/** The tag of the view. */
export const TAG = 'ebm-view';

/** What an energy-based model knows: its energy with chains that walk over it, or images on their way. */
export class EbmView extends LitElement {
  static override styles = [base, card, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  protected override render() {
    const { session, version } = this;
    if (session.opened?.form.kind === 'points') {
      return html`<div class="head"><h2>Energy and chains</h2></div>
        <energy-plane .session=${session} .version=${version}></energy-plane>`;
    }
    return html`
      <div class="head"><h2>Chains and completions</h2></div>
      <section><chains-part .session=${session} .version=${version}></chains-part></section>
      <section><completion-part .session=${session} .version=${version}></completion-part></section>
    `;
  }
}

customElements.define(TAG, EbmView);
