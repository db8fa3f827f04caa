import { html, nothing, type TemplateResult } from 'lit';
import { type AskWalk, isCalm, type Walk } from './walk.ts';

/** Buttons that let walkers walk, move once, and begin anew. */
export const walkButtons = <Q extends AskWalk>(walk: Walk<Q>): TemplateResult => html`
  ${
    isCalm()
      ? nothing
      : html`<button @click=${() => walk.toggle()}>${walk.playing ? 'Stop' : 'Let them walk'}</button>`
  }
  <button ?disabled=${walk.playing} @click=${() => walk.move()}>Move</button>
  <button @click=${() => walk.restart()}>Begin anew</button>
`;
