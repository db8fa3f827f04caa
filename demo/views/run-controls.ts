import { css, html, LitElement, nothing } from 'lit';
import type { Stride } from '../protocol.ts';
import type { Session } from '../session.ts';
import { bytesText, countText, durationText } from './format.ts';
import { base, card } from './styles.ts';

/** What the buttons ask for. */
export type Action = 'play' | 'pause' | 'step' | 'reset';

const STRIDES: Record<Stride, string> = {
  dispatch: 'one dispatch',
  op: 'one op',
  iteration: 'one iteration',
  epoch: 'one epoch',
};

/** Iterations a second, and how they are called. */
const SPEEDS: Record<string, string> = {
  0: 'full speed',
  10: '10 a second',
  2: '2 a second',
  0.5: '1 in 2 seconds',
};

/**
 * Play, pause, step and reset, how far a step goes and how fast it plays, and where training stands. Fires
 * `action`, `stride` with how far steps go, and `speed` with iterations a second.
 */
export class RunControls extends LitElement {
  static override styles = [
    base,
    card,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
      .primary {
        min-width: 6.2rem;
      }
      .where {
        margin-left: auto;
        text-align: right;
      }
      .where b {
        font-size: 1.15rem;
      }
      progress {
        display: block;
        width: 100%;
        height: 6px;
        margin: 0.8rem 0 0.5rem;
        appearance: none;
        border: 0;
        border-radius: 3px;
        overflow: hidden;
        background: var(--sunken);
        color: var(--accent);
      }
      progress::-webkit-progress-bar {
        background: var(--sunken);
      }
      progress::-webkit-progress-value {
        background: var(--accent);
        border-radius: 3px;
      }
      progress::-moz-progress-bar {
        background: var(--accent);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1rem 1.1rem;
      }
      code {
        font: 0.95em var(--mono);
      }
      .dot {
        display: inline-block;
        width: 0.65em;
        height: 0.65em;
        margin-right: 0.2em;
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
      kbd {
        padding: 0 0.35em;
        border: 1px solid var(--line);
        border-radius: 4px;
        font: 0.8em var(--mono);
      }
      @media (pointer: coarse), (max-width: 40rem) {
        .keys {
          display: none;
        }
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { type: Number },
    stride: {},
  };

  declare session: Session;
  /** How far a step goes. */
  declare stride: Stride;
  /** Changes with the session, which is changed in place. */
  declare version: number;

  protected override render() {
    const { phase, curve, run, rate } = this.session;
    const steps = run.settings.steps as number;
    const step = curve.steps.length;
    const training = phase === 'training' || phase === 'recovering';
    const opening = phase === 'opening' || phase === 'recovering';
    const over = phase === 'done' || phase === 'failed';
    return html`
      <div class="row" role="group" aria-label="Training">
        <button
          class="primary"
          ?disabled=${over}
          aria-keyshortcuts="Space"
          @click=${() => this.act(training ? 'pause' : 'play')}
        >
          ${training ? 'Pause' : 'Play'}
        </button>
        <button
          ?disabled=${over || training}
          aria-keyshortcuts="ArrowRight"
          @click=${() => this.act('step')}
        >
          Step
        </button>
        ${this.renderChoices()}
        <button
          ?disabled=${phase === 'opening'}
          aria-keyshortcuts="R"
          @click=${() => this.act('reset')}
        >
          Reset
        </button>
        <output class="where" aria-label="Steps done">
          <b class="step">${countText(step)}</b> <span class="soft">of ${countText(steps)} steps</span>
        </output>
      </div>
      <progress max=${steps} value=${step} aria-label="Training progress"></progress>
      <div class="facts small soft number">
        <span>${opening ? this.renderOpening() : this.standing(step, steps)}</span>
        ${rate ? html`<span>${rate.toPrecision(3)} steps/s</span>` : nothing} ${this.facts()}
        <span class="keys">
          <kbd>Space</kbd> play or pause · <kbd>→</kbd> step · <kbd>R</kbd> reset
        </span>
      </div>
    `;
  }

  private renderChoices() {
    const { opened, speed } = this.session;
    const tell = (name: string, value: (text: string) => unknown) => (e: Event) => {
      const detail = value((e.target as HTMLSelectElement).value);
      this.dispatchEvent(new CustomEvent(name, { detail }));
    };
    const strideText = (stride: string, text: string) =>
      stride === 'epoch' && opened?.epoch === null ? '100 iterations' : text;
    return html`<select
        aria-label="A step is"
        title="A step is"
        @change=${tell('stride', (text) => text)}
      >
        ${Object.entries(STRIDES).map(
          ([stride, text]) =>
            html`<option value=${stride} ?selected=${stride === this.stride}>
              ${strideText(stride, text)}
            </option>`,
        )}
      </select>
      <select aria-label="Play at" title="Play at" @change=${tell('speed', Number)}>
        ${Object.entries(SPEEDS).map(
          ([value, text]) =>
            html`<option value=${value} ?selected=${Number(value) === speed}>${text}</option>`,
        )}
      </select>`;
  }

  private renderOpening() {
    const { stage, compiled } = this.session;
    const newest = compiled.at(-1);
    return html`<span class="dot"></span> ${stage}…
      ${newest ? html`kernel ${compiled.length}: <code>${newest}</code>` : nothing}`;
  }

  private facts() {
    const { opened, bytes } = this.session;
    if (!opened) return nothing;
    return html`<span>${countText(opened.parameters)} parameters</span>
      ${bytes ? html`<span>${bytesText(bytes)} of GPU memory</span>` : nothing}`;
  }

  private standing(step: number, steps: number): string {
    const { phase, rate, visited, recorded } = this.session;
    if (phase === 'paused' && visited && visited.index + 1 < visited.of) {
      return `In step ${step + 1}: dispatch ${visited.index + 1} of ${visited.of}`;
    }
    const left = rate ? `, ${durationText((steps - step) / rate)} left` : '';
    return {
      opening: 'Opening',
      paused: step ? 'Paused' : 'Ready',
      training: recorded ? 'Playing a recording' : `Training${left}`,
      done: 'Done',
      recovering: 'Recovering',
      failed: 'Stopped by an error',
    }[phase];
  }

  private act(action: Action): void {
    this.dispatchEvent(new CustomEvent<Action>('action', { detail: action }));
  }
}

customElements.define('run-controls', RunControls);
