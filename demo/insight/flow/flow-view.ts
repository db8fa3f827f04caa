import { html, LitElement } from 'lit';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import { parts } from '../parts.ts';
import './density-part.ts';
import './images-part.ts';
import './way-part.ts';

/** The tag of the view. */
export const TAG = 'flow-view';

/** What a normalizing flow does: its way from noise to data and its exact density; of images, its noise. */
export class FlowView extends LitElement {
  static override styles = [base, card, parts];
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  protected override render() {
    const { session, version } = this;
    if (session.opened?.form.kind === 'images') {
      return html`<div class="head"><h2>Noise and images</h2></div>
        ${
          session.run.model === 'maf'
            ? html`<p class="soft">
                A masked autoregressive flow makes an image of its noise pixel by pixel, pass after pass: too
                slow to be followed here. RealNVP, Glow and Flow++ do it in one pass.
              </p>`
            : html`<images-part .session=${session} .version=${version}></images-part>`
        }`;
    }
    return html`
      <div class="head"><h2>From noise to data</h2></div>
      <section><way-part .session=${session} .version=${version}></way-part></section>
      <section><density-part .session=${session} .version=${version}></density-part></section>
    `;
  }
}

customElements.define(TAG, FlowView);
