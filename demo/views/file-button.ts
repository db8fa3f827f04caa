import { css, html, LitElement } from 'lit';
import { base } from './styles.ts';

/** A button that asks for a file of JSON. Fires `file` with it. */
export class FileButton extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        display: inline-block;
      }
      input {
        display: none;
      }
    `,
  ];

  static override properties = { label: {} };

  declare label: string;

  protected override render() {
    return html`
      <button @click=${() => this.renderRoot.querySelector('input')?.click()}>${this.label}</button>
      <input type="file" accept=".json,application/json" aria-label=${this.label} @change=${this.choose} />
    `;
  }

  private readonly choose = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file) this.dispatchEvent(new CustomEvent<File>('file', { detail: file }));
    input.value = ''; // so that the same file can be chosen again
  };
}

customElements.define('file-button', FileButton);
