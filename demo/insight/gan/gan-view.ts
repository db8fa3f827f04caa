import { html, LitElement } from 'lit';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import { parts } from '../parts.ts';
import './critic-plane.ts';
import './dirac-part.ts';
import './neighbours-part.ts';

/** The tag of the view. */
export const TAG = 'gan-view';

/** What an adversarial network does: the critic's field, or the images nearest to its samples; a Dirac-GAN. */
export class GanView extends LitElement {
  static override styles = [base, card, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  protected override render() {
    const { session, version } = this;
    const points = session.opened?.form.kind === 'points';
    return html`
      <div class="head"><h2>${points ? 'Critic and generator' : 'Samples and their neighbours'}</h2></div>
      <section>
        ${
          points
            ? html`<critic-plane .session=${session} .version=${version}></critic-plane>`
            : html`<neighbours-part .session=${session} .version=${version}></neighbours-part>`
        }
      </section>
      <section><dirac-part .session=${session} .version=${version}></dirac-part></section>
    `;
  }
}

customElements.define(TAG, GanView);
