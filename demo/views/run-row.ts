import { css, html, LitElement, nothing } from 'lit';
import { nameParts } from '../../models/data/own.ts';
import { defaultAddress, infoOf, parseAddress } from '../address.ts';
import { emptyCurve, extend } from '../curve.ts';
import type { KeptRun } from '../store/database.ts';
import {
  type Exported,
  exportCheckpoint,
  lossesCsv,
  lossesJson,
  samplesFile,
} from '../store/files.ts';
import { type Kept, readKept } from '../store/runs.ts';
import { chartPicture } from './chart-picture.ts';
import { download } from './download.ts';
import { bytesText, countText, lossText, nameText, whenText } from './format.ts';
import { renderSamples } from './sample-view.ts';
import { base } from './styles.ts';

/** A kept run in the list of runs. Fires `go`, `longer`, `delete` and `problem`. */
export class RunRow extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: grid;
        grid-template-columns: 6rem minmax(0, 1fr) auto;
        gap: 0.3rem 1rem;
        align-items: start;
        padding: 0.9rem 0;
        border-top: 1px solid var(--line);
      }
      :host(:first-of-type) {
        border-top: 0;
      }
      .picture {
        max-height: 6rem;
        overflow: hidden;
      }
      h3 {
        margin: 0;
        font-size: 1rem;
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.4rem;
      }
      select {
        max-width: 7.5rem;
      }
      @media (max-width: 40rem) {
        :host {
          grid-template-columns: 4.5rem minmax(0, 1fr);
        }
        .acts {
          grid-column: 1 / -1;
          justify-content: flex-start;
        }
      }
    `,
  ];

  static override properties = { kept: { attribute: false } };

  declare kept: KeptRun;

  protected override render() {
    const { run, step, last, names, bytes, changed, samples, origin } = this.kept;
    const info = infoOf(run.model);
    const steps = run.settings.steps as number;
    return html`
      <div class="picture">
        ${
          samples
            ? renderSamples(samples, samples.values, `Samples after step ${step}`, undefined, true)
            : nothing
        }
      </div>
      <div>
        <h3>${info?.title}</h3>
        <p class="small">
          ${dataText(run.data)}${changesText(this.kept).map((text) => html` · ${text}`)}
        </p>
        <p class="small number">
          Step ${countText(step)} of ${countText(steps)}${names.map(
            (name, i) => html` · ${name} ${lossText(last[i])} ${info?.losses[name]}`,
          )}
        </p>
        <p class="small soft number">
          ${ORIGIN[origin]} ${whenText(changed)} · ${bytesText(bytes)}
        </p>
      </div>
      <div class="acts">
        <button class="primary" @click=${() => this.dispatchEvent(new Event('go'))}>
          ${step < steps ? 'Go on' : 'Open'}
        </button>
        ${
          step < steps
            ? nothing
            : html`<button @click=${() => this.dispatchEvent(new Event('longer'))}>
              Train longer
            </button>`
        }
        <select aria-label="Export" @change=${this.export}>
          <option value="">Export…</option>
          ${Object.entries(this.exports).map(
            ([name, { title }]) => html`<option value=${name}>${title}</option>`,
          )}
        </select>
        <button @click=${() => this.dispatchEvent(new Event('delete'))}>Delete</button>
      </div>
    `;
  }

  /** What can be exported. */
  private readonly exports: Record<
    string,
    { title: string; make(kept: Kept): Exported | Promise<Exported> }
  > = {
    checkpoint: {
      title: 'Checkpoint (.safetensors)',
      make: ({ run, state }) => ['safetensors', '', exportCheckpoint(run, state)],
    },
    samples: { title: 'Samples', make: () => this.samples() },
    csv: {
      title: 'Losses (.csv)',
      make: ({ run, state }) => ['csv', 'text/csv', lossesCsv(run, state)],
    },
    json: {
      title: 'Losses (.json)',
      make: ({ run, state }) => ['json', 'application/json', lossesJson(run, state)],
    },
    chart: { title: 'Loss chart (.png)', make: (kept) => this.chart(kept) },
  };

  private readonly export = async (event: Event): Promise<void> => {
    const select = event.target as HTMLSelectElement;
    const { make } = this.exports[select.value];
    select.value = '';
    const { id, run, step } = this.kept;
    try {
      const [ending, type, content] = await make(await readKept(id));
      download(`${run.model}-${run.data.replace('~', '-')}-${step}.${ending}`, type, content);
    } catch (error) {
      const detail = (error as Error).message;
      this.dispatchEvent(new CustomEvent('problem', { detail }));
    }
  };

  private async samples(): Promise<Exported> {
    const { samples } = this.kept;
    if (!samples) throw new Error('No samples were kept of this run. Go on with it and pause.');
    const shown = this.renderRoot.querySelector('sample-picture');
    const canvas = shown?.shadowRoot?.querySelector('canvas');
    return canvas ? pngOf(canvas) : samplesFile(samples);
  }

  private async chart({ run, state }: Kept): Promise<Exported> {
    const curve = emptyCurve([...run.names]);
    extend(
      curve,
      0,
      Array.from(state.losses[0], (_, k) => state.losses.map((column) => column[k])),
    );
    const title = `${infoOf(run.run.model)?.title} on ${dataText(run.run.data)}, seed ${run.run.seed}`;
    return pngOf(await chartPicture(curve, title, infoOf(run.run.model)?.losses ?? {}));
  }
}

const ORIGIN = {
  trained: 'Trained here,',
  longer: 'Went on from a run of fewer steps,',
  shipped: 'Went on from what comes with the page,',
  imported: 'Imported,',
};

const pngOf = (canvas: HTMLCanvasElement) =>
  new Promise<Exported>((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(['png', blob.type, blob]);
      else reject(new Error('No picture came out. Try again.'));
    });
  });

/** The name of a data set, for people. */
const dataText = (data: string) => (nameParts(data).hash ? 'own data' : nameText(data));

/** Seed and settings, as far as they are not the defaults. */
function changesText({ run }: KeptRun): string[] {
  const usual = parseAddress(defaultAddress(run.model, run.data)).settings;
  const changed = Object.entries(run.settings).filter(([name, value]) => usual[name] !== value);
  return [`seed ${run.seed}`, ...changed.map(([name, value]) => `${name} ${value}`)];
}

customElements.define('run-row', RunRow);
