import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { type OwnSet, nameParts, ownName } from '../../models/data/own.ts';
import type { PointSet } from '../../models/data/sets.ts';
import type { RunConfig } from '../../run/folder.ts';
import { defaultAddress, formatAddress, infoOf } from '../address.ts';
import { formsOf, hasForm, kindsOf, type Taken, unfitText } from '../data/forms.ts';
import { read } from '../data/reading.ts';
import type { KeptSet } from '../store/database.ts';
import { keptSets, removeSet, writeSet } from '../store/sets.ts';
import { dialog, showDialog } from './dialog.ts';
import type { Drawn } from './drawing-pad.ts';
import './drawing-pad.ts';
import { whenText } from './format.ts';
import { ownDataStyles } from './own-data-styles.ts';
import { countOf, sizeText, shownOf } from './own-preview.ts';
import { renderSamples } from './sample-view.ts';
import { base } from './styles.ts';

/** Where a person draws or drops data of their own, to train the model that is open on them. Fires `close`. */
export class OwnData extends LitElement {
  static override styles = [base, dialog, ownDataStyles];

  static override properties = {
    run: { attribute: false },
    files: { attribute: false },
    taken: { state: true },
    made: { state: true },
    kept: { state: true },
    deleted: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  /** The run that is open. */
  declare run: RunConfig;
  /** What was dropped on the page. */
  declare files: File[];
  /** The form that data are to have. */
  declare private taken: Taken;
  /** Data that were drawn or read, not trained on yet. */
  declare private made: { title: string; set: OwnSet; remark: string } | null;
  declare private kept: KeptSet[];
  declare private deleted: KeptSet | null;
  declare private problem: string;
  /** What reading is busy with. */
  declare private busy: { text: string; part: number } | null;

  constructor() {
    super();
    this.files = [];
    this.made = null;
    this.kept = [];
    this.deleted = null;
    this.problem = '';
    this.busy = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('files')) this.taken = this.likeliest();
  }

  protected override firstUpdated(): void {
    showDialog(this);
    this.refresh();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('files') && this.files.length) this.read(this.files);
  }

  private get forms(): Taken[] {
    return formsOf(this.run.model, this.run.data);
  }

  /** The form of the data that are open, unless another one goes with what was dropped. */
  private likeliest(): Taken {
    const { forms, files } = this;
    const { like } = nameParts(this.run.data);
    const open = forms.find(({ own }) => own.like.includes(like)) as Taken;
    const kinds = files.length ? kindsOf(files[0]) : [open.own.form.kind];
    const fitting = forms.filter(({ own }) => kinds.includes(own.form.kind));
    return fitting.includes(open) ? open : (fitting[0] ?? open);
  }

  protected override render() {
    const { problem, busy, taken } = this;
    return html`<dialog aria-labelledby="title">
      <div class="top">
        <h2 id="title">Your data, for ${infoOf(this.run.model)?.title}</h2>
        <button @click=${() => this.shown.close()}>Close</button>
      </div>
      <div class="body">
        ${problem ? html`<p class="bad" role="alert">${problem}</p>` : nothing}
        ${this.renderForms()}
        <div class="parts">
          <div>
            ${
              taken.own.form.kind === 'points'
                ? html`<drawing-pad
                  .extent=${taken.own.form.extent}
                  @drawn=${(e: CustomEvent<Drawn>) => this.draw(e.detail)}
                ></drawing-pad>`
                : nothing
            }
            <label class="choose drop">
              <b>${taken.own.form.kind === 'points' ? 'Or drop a file here' : 'Drop files here'}, or choose</b>
              <span class="small soft">${taken.own.files}</span>
              <input type="file" multiple accept=${taken.own.accept} @change=${this.choose} />
            </label>
            ${
              busy
                ? html`<p class="small" role="status">
                  ${busy.text} <progress max="1" .value=${busy.part}></progress>
                </p>`
                : nothing
            }
          </div>
          ${this.renderMade()}
        </div>
        ${this.renderKept()}
      </div>
    </dialog>`;
  }

  private renderForms() {
    const { forms, taken } = this;
    if (forms.length < 2)
      return html`<p class="form soft">${taken.own.title}, as ${infoOf(this.run.model)?.title} takes them.</p>`;
    const choose = (event: Event) => {
      this.taken = forms[(event.target as HTMLSelectElement).selectedIndex];
      this.made = null;
    };
    return html`<label class="form">
      <span>What an example is</span>
      <select @change=${choose}>
        ${forms.map(
          ({ own }) => html`<option ?selected=${own === taken.own}>${own.title}</option>`,
        )}
      </select>
    </label>`;
  }

  private renderMade() {
    const { made, taken } = this;
    if (!made || countOf(made.set) === 0) {
      return html`<p class="none soft">What the model will be trained on is shown here.</p>`;
    }
    const { count, values } = shownOf(made.set);
    return html`<div class="made">
      ${renderSamples({ form: taken.own.form, count }, values, `Examples of ${made.title}`)}
      <p class="small soft number">${made.title}: ${sizeText(made.set)}. ${made.remark}</p>
      <button class="primary" @click=${() => this.train(made.title, made.set)}>Train on these</button>
    </div>`;
  }

  private renderKept() {
    const { deleted } = this;
    const alike = this.kept.filter(({ set }) => hasForm(set, this.taken.own));
    if (!alike.length && !deleted) return nothing;
    return html`<h3>Kept in this browser</h3>
      ${alike.map(
        (kept) => html`<div class="kept">
          <span class="number">
            ${kept.title}<br />
            <span class="small soft">${sizeText(kept.set)}, ${whenText(kept.changed)}</span>
          </span>
          <button @click=${() => this.go(kept.hash)}>Train on these</button>
          <button @click=${() => this.delete(kept)} aria-label=${`Delete ${kept.title}`}>Delete</button>
        </div>`,
      )}
      ${
        deleted
          ? html`<div class="kept" role="status">
            <span>Deleted: ${deleted.title}. Runs trained on it cannot go on without it.</span>
            <button @click=${() => this.undo(deleted)}>Undo</button>
          </div>`
          : nothing
      }`;
  }

  private get shown(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  private async refresh(): Promise<void> {
    this.kept = await keptSets().catch(() => []);
  }

  private async delete(kept: KeptSet): Promise<void> {
    await removeSet(kept.hash);
    this.deleted = kept;
    await this.refresh();
  }

  private async undo({ title, set }: KeptSet): Promise<void> {
    await writeSet(title, set);
    this.deleted = null;
    await this.refresh();
  }

  private draw({ centres, spread }: Drawn): void {
    const form = this.taken.own.form as PointSet['form'];
    const set = { name: 'own', form, centres: Float32Array.from(centres), spread };
    const remark = 'A round Gaussian at each.';
    this.made = centres.length ? { title: 'Drawing', set, remark } : null;
  }

  private readonly choose = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    this.read([...(input.files ?? [])]);
    input.value = '';
  };

  private async read(files: File[]): Promise<void> {
    if (!files.length) return;
    this.problem = '';
    const unfit = unfitText(this.run.model, files[0]);
    if (unfit) {
      this.problem = unfit;
      return;
    }
    const title =
      files.length === 1 ? files[0].name : `${files[0].name} and ${files.length - 1} more`;
    try {
      this.busy = { text: `Reading ${title}`, part: 0 };
      const made = await read(files, this.taken.own, (text, part) => {
        this.busy = { text, part };
      });
      this.made = { title, ...made };
    } catch (error) {
      this.problem = `${(error as Error).message}\nWhat was there before is as it was.`;
    } finally {
      this.busy = null;
    }
  }

  private async train(title: string, set: OwnSet): Promise<void> {
    try {
      this.go((await writeSet(title, set)).hash);
    } catch (error) {
      this.problem = `The browser could not keep these data: ${(error as Error).message}`;
    }
  }

  /** Opens the run on own data; with the settings of now where the data are of the form of now. */
  private go(hash: string): void {
    const { model, data } = this.run;
    const name = ownName(this.taken.like, hash);
    const alike = nameParts(data).like === this.taken.like;
    location.hash = alike
      ? formatAddress({ ...this.run, data: name })
      : defaultAddress(model, name);
    this.shown.close();
  }
}

customElements.define('own-data', OwnData);
