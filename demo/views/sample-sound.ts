import { css, html, LitElement, nothing } from 'lit';
import type { Form } from '../../models/data/form.ts';
import { muLawDecode } from '../../models/data/mulaw.ts';
import { onScheme } from './colours.ts';
import { drawWave } from './draw.ts';
import { sampleProperties } from './sample-properties.ts';
import { base } from './styles.ts';

/** Recordings of μ-law levels: the shape of each, and a button that plays it. */
export class SampleSound extends LitElement {
  static override styles = [
    base,
    css`
      div {
        display: flex;
        align-items: center;
        gap: 0.6rem;
      }
      div + div {
        margin-top: 0.5rem;
      }
      canvas {
        width: 100%;
        min-width: 0;
        border-radius: 6px;
        background: var(--sunken);
      }
    `,
  ];

  static override properties = sampleProperties;

  declare form: Form & { kind: 'audio' };
  declare values: Uint32Array;
  declare count: number;
  declare label: string;
  declare limit: number;
  declare small: boolean;

  constructor() {
    super();
    onScheme(this);
  }

  protected override render() {
    return Array.from({ length: Math.min(this.limit, this.count) }, (_, i) => {
      const label = `${this.label}, ${i + 1}`;
      const play = html`<button @click=${() => this.play(i)} aria-label=${`Play ${label}`}>▶</button>`;
      return html`<div>
        ${this.small ? nothing : play}
        <canvas role="img" aria-label=${label} @contextrestored=${() => this.requestUpdate()}></canvas>
      </div>`;
    });
  }

  protected override updated(): void {
    this.renderRoot.querySelectorAll('canvas').forEach((canvas, i) => {
      drawWave(canvas, this.samples(i));
    });
  }

  private samples(i: number): Float32Array<ArrayBuffer> {
    const size = this.values.length / this.count;
    return Float32Array.from(this.values.subarray(i * size, (i + 1) * size), muLawDecode);
  }

  private play(i: number): void {
    const context = new AudioContext();
    const source = context.createBufferSource();
    const samples = this.samples(i);
    source.buffer = context.createBuffer(1, samples.length, this.form.rate);
    source.buffer.copyToChannel(samples, 0);
    source.connect(context.destination);
    source.onended = () => context.close();
    source.start();
  }
}

customElements.define('sample-sound', SampleSound);
