import { html, LitElement } from 'lit';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import { parts } from '../parts.ts';
import './denoised-part.ts';
import './field-part.ts';
import './ways-part.ts';

/** The tag of the view. */
export const TAG = 'score-view';

/** What a score-based model has learned: its field beside the true one, walkers, ways; of images, denoising. */
export class ScoreView extends LitElement {
  static override styles = [base, card, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  protected override render() {
    const { session, version } = this;
    if (session.opened?.form.kind === 'images') {
      return html`<div class="head"><h2>Denoising by the score</h2></div>
        <denoised-part .session=${session} .version=${version}></denoised-part>`;
    }
    return html`
      <div class="head"><h2>The score</h2></div>
      <section><field-part .session=${session} .version=${version}></field-part></section>
      <section><ways-part .session=${session} .version=${version}></ways-part></section>
    `;
  }
}

customElements.define(TAG, ScoreView);
