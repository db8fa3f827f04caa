import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Case } from '../../bench/cases.ts';
import { casesOf } from '../../bench/contracts.ts';
import type { Kernel } from '../../engine/kernel.ts';
import { ask, openRunner, type Runner } from '../bench/runner.ts';
import type { Row } from '../../bench/types.ts';
import { base, card } from '../views/styles.ts';
import type { Checked } from './check.ts';
import { keepEdit, keptEdit } from './edits.ts';
import './kernel-editor.ts';
import type { KernelEditor } from './kernel-editor.ts';
import './variant-ladder.ts';
import { checkedPart, diffPart, racedPart, verdictStyle } from './verdict.ts';

/** A variant to read and change, and the races of its contract. */
export class KernelBench extends LitElement {
  static override styles = [
    base,
    card,
    verdictStyle,
    css`
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
        margin: 0.7rem 0;
      }
      progress {
        flex: 1 1 8rem;
        accent-color: var(--accent);
      }
    `,
  ];

  static override properties = {
    contract: {},
    kernels: { attribute: false },
    variant: {},
    text: { state: true },
    case: { state: true },
    status: { state: true },
    fraction: { state: true },
    stopping: { state: true },
    checked: { state: true },
    raced: { state: true },
    ladder: { state: true },
  };

  declare contract: string;
  /** All variants of the contract. */
  declare kernels: readonly Kernel[];
  /** The one that is open. */
  declare variant: string;
  /** As it is in the editor. */
  declare private text: string;
  /** The case to race in, by name. */
  declare private case: string;
  declare private status: string;
  declare private fraction: number | null;
  declare private stopping: AbortController | null;
  declare private checked: Checked | null;
  /** The original and the edited variant, after a race. */
  declare private raced: readonly Row[];
  declare private ladder: readonly Row[];
  /** What measures on this machine, once something was. */
  private runner: Runner | null = null;

  constructor() {
    super();
    this.text = '';
    this.case = '';
    this.status = '';
    this.fraction = null;
    this.stopping = null;
    this.checked = null;
    this.raced = [];
    this.ladder = [];
  }

  private get kernel(): Kernel {
    return this.kernels.find(({ file }) => file === this.file) as Kernel;
  }

  private get file(): string {
    return `${this.contract}/${this.variant}.wgsl`;
  }

  private get raceCase(): Case | undefined {
    return casesOf(this.contract).find(({ name }) => name === this.case);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('contract')) {
      this.case = casesOf(this.contract)[0]?.name ?? '';
      this.ladder = [];
    }
    if (!changed.has('contract') && !changed.has('variant')) return;
    this.stopping?.abort();
    this.text = keptEdit(this.file) ?? this.kernel.code;
    [this.checked, this.raced, this.status] = [null, [], ''];
  }

  private edit(text: string): void {
    this.text = text;
    this.checked = null;
    this.raced = [];
    const same = text === this.kernel.code;
    if (!keepEdit(this.file, same ? null : text)) {
      this.status = 'This browser keeps nothing for this page: copy the text before you leave.';
    }
  }

  /** Does something that takes long, with its progress; what goes wrong is told. */
  private async during(
    work: (tell: (fraction: number, note: string) => void, stop: AbortSignal) => Promise<string>,
  ): Promise<void> {
    const stop = new AbortController();
    this.stopping = stop;
    const tell = (fraction: number, note: string) => {
      if (this.stopping !== stop) return;
      this.fraction = fraction;
      this.status = note;
    };
    try {
      const said = await work(tell, stop.signal);
      if (this.stopping === stop) this.status = said;
    } catch (error) {
      if (this.stopping === stop) this.status = `${(error as Error).message}.`;
    }
    if (this.stopping === stop) [this.stopping, this.fraction] = [null, null];
  }

  /** Compiles and checks the text; then, if it is right, races it with the original. */
  private readonly try = (race: boolean) => {
    const edited = { contract: this.contract, variant: this.variant, code: this.text };
    [this.checked, this.raced] = [null, []];
    return this.during(async (tell, stop) => {
      tell(0, 'compiling');
      const { checked } = await ask({ kind: 'check', edited }, 'checked', tell, stop);
      this.checked = checked;
      const bad = checked.remarks.some(({ type }) => type === 'error') || checked.wrong.length > 0;
      const one = this.raceCase;
      if (bad || !race || !one) return '';
      this.runner ??= await openRunner(tell, stop);
      const rows = await this.runner.edit(one, edited, tell, stop);
      if (!used(rows, this.contract, this.variant)) {
        return `In ${one.name} the engine has no use of ${this.variant} on this adapter: it can't race there`;
      }
      this.raced = rows;
      return '';
    });
  };

  private readonly climb = () =>
    this.during(async (tell, stop) => {
      const one = this.raceCase;
      if (!one) return '';
      this.runner ??= await openRunner(tell, stop);
      const rows = await this.runner.run(one, `^${this.contract}$`, tell, stop);
      this.ladder = rows.filter((row) => row.variant?.startsWith(`${this.contract}/`));
      return this.ladder.length
        ? ''
        : `In ${one.name} the engine does not use ${this.contract} on this adapter`;
    });

  protected override render() {
    return html`
      <variant-ladder
        .contract=${this.contract}
        .kernels=${this.kernels}
        .variant=${this.variant}
        .rows=${this.ladder}
      ></variant-ladder>
      ${this.renderRaces()}
      <p class="small soft" role="status">${this.status}</p>
      <kernel-editor
        .text=${this.text}
        .label=${`WGSL of ${this.file}`}
        .remarks=${this.checked?.remarks ?? []}
        @edit=${(e: CustomEvent<string>) => this.edit(e.detail)}
      ></kernel-editor>
      ${this.renderTries()}
      <div aria-live="polite">
        ${this.checked ? checkedPart(this.checked, this.goTo) : nothing} ${racedPart(this.raced)}
      </div>
      ${diffPart(this.kernel.code, this.text)}
    `;
  }

  private renderRaces() {
    const cases = casesOf(this.contract);
    const busy = !!this.stopping;
    return html`<div class="tools">
      ${
        cases.length
          ? html`<select
              aria-label="Case to race in"
              ?disabled=${busy}
              @change=${(e: Event) => {
                this.case = (e.target as HTMLSelectElement).value;
                this.ladder = [];
              }}
            >
              ${cases.map(({ name }) => html`<option ?selected=${name === this.case}>${name}</option>`)}
            </select>
            <button ?disabled=${busy} @click=${this.climb}>Race all variants</button>`
          : html`<span class="small soft">
              The bench has no case of this contract alone: its variants can be checked, but not raced.
            </span>`
      }
      <progress ?hidden=${this.fraction === null} .value=${this.fraction ?? 0} aria-label="Done"></progress>
      ${busy ? html`<button @click=${() => this.stopping?.abort()}>Stop</button>` : nothing}
    </div>`;
  }

  private renderTries() {
    const busy = !!this.stopping;
    const { code } = this.kernel;
    return html`<div class="tools">
      ${
        this.raceCase
          ? html`<button class="primary" ?disabled=${busy} @click=${() => this.try(true)}>
              Check and race
            </button>`
          : nothing
      }
      <button ?disabled=${busy} @click=${() => this.try(false)}>Check</button>
      <button ?disabled=${busy || this.text === code} @click=${() => this.edit(code)}>
        Reset to the original
      </button>
      <span class="small soft">
        ${this.text === code ? 'As it is in git' : 'Changed; this browser keeps it'}
      </span>
    </div>`;
  }

  private readonly goTo = (line: number) =>
    (this.renderRoot.querySelector('kernel-editor') as KernelEditor).goTo(line);
}

/** Whether the engine took the variant in these rows. */
const used = (rows: readonly Row[], contract: string, variant: string): boolean =>
  rows.some(
    (row) =>
      row.failed || row.choices?.some((c) => c.contract === contract && c.variant === variant),
  );

customElements.define('kernel-bench', KernelBench);
