import { css, html, LitElement, nothing } from 'lit';
import type { RunConfig } from '../../run/folder.ts';
import { formatAddress } from '../address.ts';
import type { From } from '../protocol.ts';
import type { Session } from '../session.ts';
import type { KeptRun } from '../store/database.ts';
import { countText, whenText } from './format.ts';
import { base } from './styles.ts';

/** A run to be opened, and what it is to go on from. */
export interface Start {
  run: RunConfig;
  from: From | null;
}

/**
 * What this browser keeps: of the run that is open, and behind buttons all runs and the person's own
 * data. Files dropped on the page end here. Fires `start` with the run that is to be opened.
 */
export class RunShelf extends LitElement {
  static override styles = [
    base,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.8rem;
      }
      .offer {
        margin-bottom: 0.6rem;
        padding: 0.5rem 0.6rem 0.5rem 1.1rem;
        border: 1px solid var(--line);
        border-left: 4px solid var(--accent);
        border-radius: 10px;
        background: var(--surface);
      }
      .offer p {
        flex: 1 1 16rem;
      }
      .drop {
        position: fixed;
        inset: 0;
        z-index: 10;
        display: grid;
        place-items: center;
        padding: 2rem;
        border: 4px dashed var(--accent);
        background: color-mix(in srgb, var(--paper) 88%, transparent);
        font-size: 1.25rem;
        text-align: center;
        pointer-events: none;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { type: Number },
    offer: { state: true },
    dialog: { state: true },
    files: { state: true },
    dragging: { state: true },
  };

  declare session: Session;
  /** Changes with the session, which is changed in place. */
  declare version: number;
  /** The furthest run of this address that is kept. */
  declare private offer: KeptRun | null;
  declare private dialog: '' | 'runs' | 'data';
  /** What was dropped. */
  declare private files: File[];
  declare private dragging: boolean;
  private looked = '';

  constructor() {
    super();
    this.offer = null;
    this.dialog = '';
    this.files = [];
    this.dragging = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('dragover', this.drag);
    addEventListener('dragleave', this.leave);
    addEventListener('drop', this.drop);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('dragover', this.drag);
    removeEventListener('dragleave', this.leave);
    removeEventListener('drop', this.drop);
  }

  protected override render() {
    const { kept, recorded } = this.session;
    return html`
      ${this.renderOffers()}
      <div class="row">
        <button @click=${() => this.open('runs')}>Runs</button>
        <button @click=${() => this.open('data')}>Your data</button>
        <span class="small soft number">
          ${
            kept
              ? `Kept in this browser up to step ${countText(kept.step)}.`
              : recorded
                ? nothing
                : 'Kept in this browser while it trains.'
          }
        </span>
      </div>
      ${this.renderDialog()}
      ${
        this.dragging
          ? html`<div class="drop">Drop a checkpoint to go on from it, or images, IDX, text or WAV to train on.</div>`
          : nothing
      }
    `;
  }

  private renderOffers() {
    const { session, offer } = this;
    const { preview, run, phase, curve } = session;
    if (curve.steps.length > 0 || !['opening', 'paused'].includes(phase)) return nothing;
    return html`
      ${
        offer
          ? html`<div class="row offer">
            <p class="number">
              You trained this run to step ${countText(offer.step)}, ${whenText(offer.changed)}.
            </p>
            <button @click=${() => this.start(run, { kind: 'kept', id: offer.id })}>
              Go on from there
            </button>
          </div>`
          : nothing
      }
      ${
        preview && !preview.recorded
          ? html`<div class="row offer">
            <p class="number">
              A trained model comes with this page: its samples are shown until training starts.
            </p>
            <button @click=${() => this.start(longer(run, preview.samples.step), { kind: 'shipped' })}>
              Go on from its step ${countText(preview.samples.step)}
            </button>
          </div>`
          : nothing
      }
    `;
  }

  private renderDialog() {
    const { dialog, files, session } = this;
    const close = () => {
      this.dialog = '';
      this.files = [];
      this.looked = ''; // what is offered may have changed
    };
    if (dialog === 'runs') {
      return html`<run-list .run=${session.run} .files=${files} @close=${close}></run-list>`;
    }
    if (dialog === 'data') {
      return html`<own-data .run=${session.run} .files=${files} @close=${close}></own-data>`;
    }
    return nothing;
  }

  protected override updated(): void {
    const { run, kept } = this.session;
    const looked = `${formatAddress(run)} ${kept?.step}`;
    if (looked !== this.looked) this.look(formatAddress(run), looked);
  }

  /** Finds what is kept of a run, once for each time that this may have changed. */
  private async look(address: string, looked: string): Promise<void> {
    if (!this.looked.startsWith(address)) this.offer = null;
    this.looked = looked;
    const { keptAt } = await import('../store/runs.ts');
    const found = await keptAt(address).catch(() => []); // a browser that keeps nothing
    if (looked === this.looked) this.offer = found[0] ?? null;
  }

  private async open(dialog: 'runs' | 'data', files: File[] = []): Promise<void> {
    await (dialog === 'runs' ? import('./run-list.ts') : import('./own-data.ts'));
    this.files = files;
    this.dialog = dialog;
  }

  private start(run: RunConfig, from: From): void {
    this.dispatchEvent(
      new CustomEvent<Start>('start', { detail: { run, from }, composed: true, bubbles: true }),
    );
  }

  private readonly drag = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dragging = true;
  };

  private readonly leave = (event: DragEvent): void => {
    if (!event.relatedTarget) this.dragging = false;
  };

  private readonly drop = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])];
    this.dragging = false;
    if (!files.length) return;
    event.preventDefault();
    const checkpoint = files.some((file) => file.name.endsWith('.safetensors'));
    this.open(checkpoint ? 'runs' : 'data', files);
  };
}

/** A run with steps left after so many: the same, or with twice as many. */
export function longer(run: RunConfig, done: number): RunConfig {
  const { settings } = run;
  const left = (settings.steps as number) > done;
  return left ? run : { ...run, settings: { ...settings, steps: 2 * done } };
}

customElements.define('run-shelf', RunShelf);
