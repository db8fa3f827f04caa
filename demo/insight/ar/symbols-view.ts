import { css, html, LitElement, nothing } from 'lit';
import { type Form, UNKNOWN } from '../../../models/data/form.ts';
import type { Session } from '../../session.ts';
import { base, card } from '../../views/styles.ts';
import { Inquiry } from '../inquiry.ts';
import { LongAnswer } from '../long-answer.ts';
import { parts } from '../parts.ts';
import '../symbol-cells.ts';
import './next-value.ts';
import type { DrawValues, Drawn, FieldOfSymbol, Read } from './questions.ts';
import './wave-part.ts';

/** An autoregressive model of sequences: what each symbol costs, what comes next, and what that hears. */
export class SymbolsView extends LitElement {
  static override styles = [
    base,
    card,
    parts,
    css`
      .typed {
        flex: 1 1 16rem;
        min-width: 0;
        font-family: var(--mono);
      }
      .typing {
        flex: 1 1 20rem;
      }
      symbol-cells {
        margin: 0.3rem 0 0.2rem;
      }
    `,
  ];

  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    symbols: { state: true },
    chosen: { state: true },
    cursor: { state: true },
    problem: { state: true },
  };

  declare session: Session;
  declare version: number;
  /** What is read; null: the chosen test example. */
  declare private symbols: number[] | null;
  declare private chosen: number;
  /** The place whose prediction is shown; null: the last. */
  declare private cursor: number | null;
  declare private problem: string;
  private seed = 0;
  private readonly examples = new Inquiry<object, number[][]>(this, 'examples', () => ({}), true);
  private readonly said = new Inquiry<Read, Float32Array>(this, 'say', () =>
    this.read ? { symbols: this.read } : null,
  );
  private readonly field = new Inquiry<FieldOfSymbol, Float32Array>(this, 'field', () =>
    this.read ? { symbols: this.read, place: this.place } : null,
  );
  private readonly drawing = new LongAnswer<DrawValues, Drawn[]>(this, 'draw');

  constructor() {
    super();
    this.symbols = null;
    this.chosen = 0;
    this.cursor = null;
    this.problem = '';
  }

  private get form(): Form & { kind: 'tokens' | 'audio' } {
    return this.session.opened?.form as Form & { kind: 'tokens' | 'audio' };
  }

  /** What is read, up to the end of a text. */
  private get read(): number[] | null {
    const all = this.symbols ?? this.examples.answer?.[this.chosen] ?? null;
    const end = this.form.kind === 'tokens' && this.form.ended ? (all?.indexOf(0) ?? -1) : -1;
    return all && end >= 0 ? all.slice(0, end) : all;
  }

  private get length(): number {
    return this.examples.answer?.[0].length ?? 0;
  }

  /** The place whose prediction is shown: one of the text, or the one behind it. */
  private get place(): number {
    const last = Math.min(this.length - 1, this.read?.length ?? 0);
    return Math.min(this.cursor ?? last, last);
  }

  private letter(symbol: number): string {
    const { form } = this;
    if (form.kind === 'audio') return String(symbol);
    if (form.ended && symbol === 0) return '⏎';
    return form.symbols[symbol] === ' ' ? '␣' : (form.symbols[symbol] ?? UNKNOWN);
  }

  protected override render() {
    const error = this.examples.error || this.said.error || this.field.error;
    const { read } = this;
    return html`
      <div class="head"><h2>Symbol by symbol</h2></div>
      ${error ? html`<p class="bad">${error}</p>` : nothing}
      ${read ? this.renderText(read) : html`<p class="soft">Reading…</p>`}
    `;
  }

  private renderText(read: number[]) {
    return html`
      ${this.renderTools(read)}
      ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
      <section>${this.form.kind === 'audio' ? this.renderWave(read) : this.renderCells(read)}</section>
      <section>${this.renderNext(read)}</section>
    `;
  }

  private renderTools(read: number[]) {
    const { form } = this;
    const { running } = this.drawing;
    const typed =
      form.kind === 'tokens'
        ? html`<label class="typing">
            text
            <input
              class="typed"
              maxlength=${this.length}
              spellcheck="false"
              autocomplete="off"
              .value=${read.map((symbol) => form.symbols[symbol] ?? UNKNOWN).join('')}
              @input=${this.type}
            />
          </label>`
        : nothing;
    return html`<div class="row">
      <label>
        test example
        <select
          @change=${(e: Event) => {
            this.chosen = Number((e.target as HTMLSelectElement).value);
            this.symbols = null;
            this.cursor = null;
          }}
        >
          ${this.examples.answer?.map((_, i) => html`<option value=${i}>${i + 1}</option>`)}
        </select>
      </label>
      ${typed}
      ${
        form.kind === 'tokens'
          ? html`<button @click=${running ? () => this.drawing.end() : () => this.write(read)}>
              ${running ? 'Stop' : 'Write on from the cursor'}
            </button>`
          : nothing
      }
    </div>`;
  }

  private type(event: Event): void {
    const { form } = this;
    if (form.kind !== 'tokens') return;
    const text = (event.target as HTMLInputElement).value.toLowerCase();
    const symbols = Array.from(text, (letter) => form.symbols.indexOf(letter));
    const bad = symbols.findIndex((symbol, i) => symbol < 0 || (form.ended && symbols[i] === 0));
    this.problem =
      bad < 0 ? '' : `'${text[bad]}' is none of '${form.symbols.trim()}'. Leave it out.`;
    if (bad >= 0) return;
    this.symbols = symbols;
    this.cursor = null;
  }

  /** Draws what follows the cursor. */
  private async write(read: number[]): Promise<void> {
    const given = read.slice(0, this.place);
    this.symbols = given;
    this.cursor = null;
    await this.drawing.begin({ given, seed: this.seed++, temperature: 1, label: 0 });
  }

  protected override willUpdate(): void {
    const drawn = this.drawing.parts.flat();
    if (this.drawing.running && drawn.length) this.symbols = drawn.map(({ value }) => value);
  }

  private renderCells(read: number[]) {
    const { answer } = this.said;
    const V = answer ? answer.length / this.length : 0;
    const nats = read.map((symbol, t) => (answer ? -Math.log(answer[t * V + symbol]) : 0));
    const total = nats.reduce((a, b) => a + b, 0);
    const field = this.field.answer;
    const most = field ? Math.max(...field) : 0;
    const here = { text: '…', title: 'what comes next' };
    const room = read.length < this.length ? [here] : [];
    return html`
      <h3>What each symbol costs</h3>
      <symbol-cells
        .cursor=${this.place}
        .label=${`−log p of each symbol, ${total.toFixed(2)} nats in all:`}
        .cells=${[
          ...read.map((symbol, t) => ({
            text: this.letter(symbol),
            heat: Math.min(1, nats[t] / 6),
            title: `${nats[t].toFixed(2)} nats`,
          })),
          ...room,
        ]}
        @point=${this.point}
      ></symbol-cells>
      <p class="note">
        −log p of each symbol given those before it: ${total.toFixed(2)} nats in all. Full colour: 6
        nats or more.
      </p>
      <h3>What the prediction at the cursor hears</h3>
      <symbol-cells
        .cursor=${this.place}
        .label=${`How much each symbol changes the prediction at place ${this.place + 1}:`}
        .cells=${[
          ...read.map((symbol, t) => ({
            text: this.letter(symbol),
            heat: most ? (field?.[t] ?? 0) / most : 0,
            title: `${(field?.[t] ?? 0).toPrecision(3)}`,
          })),
          ...room,
        ]}
        @point=${this.point}
      ></symbol-cells>
      <p class="note">|∂ logits / ∂ vector of the symbol|. What comes later has none.</p>
    `;
  }

  private renderWave(read: number[]) {
    return html`<wave-part
      .levels=${read}
      .field=${this.field.answer ?? []}
      .place=${this.place}
      .length=${this.length}
      @point=${this.point}
    ></wave-part>`;
  }

  private readonly point = (event: CustomEvent<number>): void => {
    this.cursor = event.detail;
  };

  private renderNext(read: number[]) {
    const { answer } = this.said;
    if (!answer) return nothing;
    const V = answer.length / this.length;
    const probabilities = answer.slice(this.place * V, (this.place + 1) * V);
    const names =
      this.form.kind === 'audio' ? null : Array.from({ length: V }, (_, s) => this.letter(s));
    return html`
      <h3>What comes at place ${this.place + 1}</h3>
      <next-value
        .drawn=${{ probabilities, value: read[this.place] ?? null }}
        .names=${names}
      ></next-value>
    `;
  }
}

customElements.define('symbols-view', SymbolsView);
