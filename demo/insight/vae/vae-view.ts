import { html, LitElement } from 'lit';
import type { Session } from '../../session.ts';
import './code-view.ts';
import './latent-view.ts';

/** The tag of the view. */
export const TAG = 'vae-view';

/** What lies behind the samples of a variational autoencoder: its latent space, or its codes. */
export class VaeView extends LitElement {
  static override properties = { session: { attribute: false }, version: { attribute: false } };

  declare session: Session;
  declare version: number;

  protected override render() {
    const { session, version } = this;
    return session.run.model === 'vqvae'
      ? html`<code-view .session=${session} .version=${version}></code-view>`
      : html`<latent-view .session=${session} .version=${version}></latent-view>`;
  }
}

customElements.define(TAG, VaeView);
