import { css, html, LitElement } from 'lit';
import { base } from '../views/styles.ts';
import { coloured, wgslColours } from '../views/wgsl-colours.ts';
import type { Remark } from './check.ts';

/** A text of WGSL to change: a text field over its coloured twin, remarks beside their lines. Fires `edit`. */
export class KernelEditor extends LitElement {
  static override styles = [
    base,
    wgslColours,
    css`
      .editor {
        display: flex;
        max-height: 36rem;
        overflow: auto;
        border: 1px solid var(--edge);
        border-radius: 8px;
        background: var(--sunken);
        font: 0.8rem / 1.5 var(--mono);
        tab-size: 2;
        scrollbar-width: thin;
      }
      .editor:focus-within {
        outline: 2.5px solid var(--accent);
        outline-offset: 1px;
      }
      .numbers {
        position: sticky;
        left: 0;
        z-index: 1;
        flex: none;
        padding: 0.8rem 0.4rem 0.8rem 0.8rem;
        background: var(--sunken);
        color: var(--soft);
        text-align: right;
        white-space: pre;
        user-select: none;
      }
      .numbers .error {
        color: var(--danger);
        font-weight: 700;
      }
      .pane {
        position: relative;
        display: grid;
        flex: 1 0 auto;
      }
      pre,
      textarea {
        grid-area: 1 / 1;
        margin: 0;
        padding: 0.8rem 1rem 0.8rem 0.6rem;
        border: 0;
        font: inherit;
        tab-size: inherit;
        white-space: pre;
      }
      pre {
        padding-bottom: 2rem;
      }
      textarea {
        width: 100%;
        height: 100%;
        overflow: hidden;
        resize: none;
        background: none;
        color: transparent;
        caret-color: var(--ink);
      }
      textarea:focus-visible {
        outline: 0; /* the editor has it */
      }
      textarea::selection {
        background: color-mix(in srgb, var(--accent) 35%, transparent);
      }
      .note {
        position: absolute;
        right: 0.5rem;
        max-width: 60%;
        overflow: hidden;
        padding: 0 0.5em;
        border-radius: 4px;
        background: var(--danger);
        color: var(--paper);
        text-overflow: ellipsis;
        white-space: nowrap;
        pointer-events: none;
      }
      .warning,
      .info {
        background: var(--second);
      }
    `,
  ];

  static override properties = {
    text: {},
    label: {},
    remarks: { attribute: false },
  };

  declare text: string;
  declare label: string;
  /** What the compiler said of this text. */
  declare remarks: readonly Remark[];

  /** Puts the caret at a line, from 1, and shows it. */
  goTo(line: number): void {
    const field = this.renderRoot.querySelector('textarea') as HTMLTextAreaElement;
    const at =
      this.text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + Number(line > 1);
    field.focus();
    field.setSelectionRange(at, at);
    const box = this.renderRoot.querySelector('.editor') as HTMLElement;
    box.scrollTop = (line - 4) * this.lineHeight(field);
  }

  private lineHeight = (field: Element) => Number.parseFloat(getComputedStyle(field).lineHeight);

  protected override render() {
    const lines = this.text.split('\n');
    const bad = new Set(this.remarks.filter((r) => r.type === 'error').map(({ line }) => line));
    return html`<div class="editor">
      <div class="numbers" aria-hidden="true">${lines.map(
        (_, i) => html`<div
            class=${bad.has(i + 1) ? 'error' : ''}>${i + 1}</div>`,
      )}</div>
      <div class="pane">
        <pre aria-hidden="true">${coloured(this.text)}</pre>
        <textarea
          aria-label=${this.label}
          aria-invalid=${bad.size ? 'true' : 'false'}
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          wrap="off"
          .value=${this.text}
          @input=${this.input}
          @keydown=${this.indent}
        ></textarea>
        ${this.remarks.map(({ type, text, line }) =>
          line ? html`<span class="note ${type}" title=${text}>${text}</span>` : '',
        )}
      </div>
    </div>`;
  }

  /** Not in the template: the page's security policy allows no style attributes. */
  protected override updated(): void {
    const field = this.renderRoot.querySelector('textarea') as HTMLTextAreaElement;
    const height = this.lineHeight(field);
    const top = Number.parseFloat(getComputedStyle(field).paddingTop);
    const shown = this.remarks.filter(({ line }) => line);
    this.renderRoot.querySelectorAll<HTMLElement>('.note').forEach((note, i) => {
      note.style.top = `${top + (shown[i].line - 1) * height}px`;
    });
  }

  private input({ target }: Event): void {
    const { value } = target as HTMLTextAreaElement;
    this.dispatchEvent(new CustomEvent<string>('edit', { detail: value }));
  }

  /** A new line begins where the last one does. */
  private indent(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return;
    const field = event.target as HTMLTextAreaElement;
    const before = field.value.slice(0, field.selectionStart).split('\n').at(-1) ?? '';
    const [spaces] = /^\s*/.exec(before) ?? [''];
    if (!spaces) return;
    event.preventDefault();
    document.execCommand('insertText', false, `\n${spaces}`); // the only way that undo knows of
  }
}

customElements.define('kernel-editor', KernelEditor);
