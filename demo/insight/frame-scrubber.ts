import { css, html, LitElement } from 'lit';
import { base } from '../views/styles.ts';

/** How long a film takes, and a frame of it at most, ms. */
const [FILM, FRAME] = [6000, 250];

/** Goes through frames 0 ... count − 1 by a slider, or by itself. Fires `seek` with the frame. */
export class FrameScrubber extends LitElement {
  static override styles = [
    base,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.8rem;
      }
      input {
        flex: 1 1 10rem;
        min-width: 0;
        padding: 0;
        border: 0;
        accent-color: var(--accent);
      }
      button {
        min-width: 5.4rem;
      }
      output {
        min-width: 8em;
        font-size: 0.88rem;
      }
    `,
  ];

  static override properties = {
    count: { type: Number },
    at: { type: Number },
    label: {},
    text: {},
    timer: { state: true },
  };

  declare count: number;
  declare at: number;
  /** What is gone through. */
  declare label: string;
  /** Where it stands, in words. */
  declare text: string;
  declare private timer: number;

  constructor() {
    super();
    this.timer = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render() {
    const seek = (e: Event) => {
      this.stop();
      this.seek(Number((e.target as HTMLInputElement).value));
    };
    return html`<div role="group" aria-label=${this.label}>
      <button @click=${this.timer ? this.stop : this.play}>${this.timer ? 'Stop' : 'Play'}</button>
      <input
        type="range"
        min="0"
        max=${Math.max(0, this.count - 1)}
        .value=${String(this.at)}
        aria-label=${this.label}
        aria-valuetext=${this.text}
        @input=${seek}
      />
      <output>${this.text}</output>
    </div>`;
  }

  private seek(frame: number): void {
    this.dispatchEvent(new CustomEvent<number>('seek', { detail: frame }));
  }

  private play(): void {
    if (this.at >= this.count - 1) this.seek(0);
    this.timer = window.setInterval(
      () => {
        if (this.at >= this.count - 1) this.stop();
        else this.seek(this.at + 1);
      },
      Math.min(FRAME, FILM / this.count),
    );
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = 0;
  }
}

customElements.define('frame-scrubber', FrameScrubber);
