import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { RunConfig } from '../../run/folder.ts';
import { infoOf } from '../address.ts';
import { openSession, type Session } from '../session.ts';
import type { KeptRun } from '../store/database.ts';
import { importCheckpoint } from '../store/files.ts';
import { type Kept, keptRuns, readKept, removeKept, writeKept } from '../store/runs.ts';
import { dialog, showDialog } from './dialog.ts';
import { bytesText } from './format.ts';
import './run-row.ts';
import { longer, type Start } from './run-shelf.ts';
import { base } from './styles.ts';

/** The runs that this browser keeps, to go on with, export, delete and import. Fires `start` and `close`. */
export class RunList extends LitElement {
  static override styles = [
    base,
    dialog,
    css`
      .empty {
        padding: 2.5rem 0;
        text-align: center;
      }
      .import {
        display: inline-flex;
        align-items: center;
        min-height: 2.25rem;
        padding: 0 0.9rem;
        border: 1px solid var(--edge);
        border-radius: 7px;
        font-weight: 550;
      }
      .busy {
        display: grid;
        gap: 0.4rem;
        margin-bottom: 0.8rem;
      }
      .gone {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
        padding: 0.7rem 0;
        border-top: 1px solid var(--line);
      }
    `,
  ];

  static override properties = {
    run: { attribute: false },
    files: { attribute: false },
    runs: { state: true },
    deleted: { state: true },
    problem: { state: true },
    busy: { state: true },
    quota: { state: true },
  };

  /** The run that is open. */
  declare run: RunConfig;
  /** Checkpoints that were dropped on the page. */
  declare files: File[];
  declare private runs: KeptRun[] | null;
  /** What was deleted since the list was opened. */
  declare private deleted: Kept[];
  declare private problem: string;
  /** What an import is busy with. */
  declare private busy: string;
  declare private quota: string;
  private trial: Session | null = null;

  constructor() {
    super();
    this.files = [];
    this.runs = null;
    this.deleted = [];
    this.problem = '';
    this.busy = '';
    this.quota = '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.trial?.close();
  }

  protected override firstUpdated(): void {
    showDialog(this);
    this.refresh();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('files') && this.files.length) this.import(this.files);
  }

  protected override render() {
    const { runs, busy, problem, deleted } = this;
    return html`<dialog aria-labelledby="title">
      <div class="top">
        <h2 id="title">Runs in this browser</h2>
        <span class="small soft number">${this.quota}</span>
        <label class="choose import">
          Import a checkpoint
          <input type="file" accept=".safetensors" multiple @change=${this.choose} />
        </label>
        <button @click=${() => this.renderRoot.querySelector('dialog')?.close()}>Close</button>
      </div>
      <div class="body">
        ${problem ? html`<p class="bad" role="alert">${problem}</p>` : nothing}
        ${busy ? html`<p class="busy small" role="status">${busy} <progress></progress></p>` : nothing}
        ${deleted.map((kept) => this.renderDeleted(kept))}
        ${
          runs?.length === 0
            ? html`<p class="empty soft">
              None yet. A run is kept by itself while it trains; it can be exported from here.
            </p>`
            : runs?.map(
                (kept) => html`<run-row
                  .kept=${kept}
                  @go=${() => this.start({ run: kept.run, from: { kind: 'kept', id: kept.id } })}
                  @longer=${() => this.start({ run: longer(kept.run, kept.step), from: { kind: 'kept', id: kept.id } })}
                  @delete=${() => this.delete(kept.id)}
                  @problem=${(e: CustomEvent<string>) => (this.problem = e.detail)}
                ></run-row>`,
              )
        }
      </div>
    </dialog>`;
  }

  private renderDeleted(kept: Kept) {
    const undo = async () => {
      await this.tried(() => writeKept(kept));
      this.deleted = this.deleted.filter((other) => other !== kept);
    };
    return html`<div class="gone" role="status">
      <span>Deleted: ${infoOf(kept.run.run.model)?.title}, step ${kept.run.step}.</span>
      <button @click=${undo}>Undo</button>
    </div>`;
  }

  private async refresh(): Promise<void> {
    try {
      this.runs = await keptRuns();
      const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
      this.quota = quota ? `${bytesText(usage)} used, ${bytesText(quota - usage)} free` : '';
    } catch (error) {
      this.runs = [];
      this.problem = `This browser keeps nothing: ${(error as Error).message}`;
    }
  }

  private delete(id: string): Promise<void> {
    return this.tried(async () => {
      const kept = await readKept(id);
      await removeKept(id);
      this.deleted = [...this.deleted, kept];
    });
  }

  /** Does something with what is kept; what goes wrong is said. */
  private async tried(work: () => Promise<void>): Promise<void> {
    this.problem = '';
    try {
      await work();
    } catch (error) {
      this.problem = (error as Error).message;
    }
    await this.refresh();
  }

  private readonly choose = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.import([...(input.files ?? [])]);
    input.value = '';
  };

  private async import(files: readonly File[]): Promise<void> {
    for (const file of files) {
      await this.tried(async () => {
        try {
          const bytes = new Uint8Array(await file.arrayBuffer());
          const { run, from } = importCheckpoint(bytes, this.run);
          const id = await this.tryOut(file.name, { run, from });
          if (files.length === 1) this.start({ run, from: { kind: 'kept', id } });
        } catch (error) {
          throw new Error(`${file.name}: ${(error as Error).message}`);
        }
      });
    }
  }

  /** Opens a run beside the one that is open, until it is kept; its id. Throws what is wrong with it. */
  private tryOut(name: string, { run, from }: Start): Promise<string> {
    this.trial?.close();
    return new Promise<string>((resolve, reject) => {
      const trial = openSession(run, from, () => {
        this.busy = `Importing ${name}: ${trial.stage}…`;
        if (trial.kept) resolve(trial.kept.id);
        else if (trial.error || trial.notice)
          reject(new Error(trial.error?.message ?? trial.notice));
      });
      this.trial = trial;
    }).finally(() => {
      this.busy = '';
      this.trial?.close();
    });
  }

  private start(detail: Start): void {
    this.dispatchEvent(new CustomEvent<Start>('start', { detail, bubbles: true, composed: true }));
    this.renderRoot.querySelector('dialog')?.close();
  }
}

customElements.define('run-list', RunList);
