import { css } from 'lit';

/** What the dialogs of the page look like; `choose` is a label around a field for files. */
export const dialog = css`
  dialog {
    width: min(52rem, calc(100vw - 1.5rem));
    max-height: min(46rem, calc(100dvh - 2rem));
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 14px;
    background: var(--surface);
    color: var(--ink);
  }
  dialog::backdrop {
    background: rgb(0 0 0 / 45%);
  }
  .top {
    position: sticky;
    top: 0;
    z-index: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.8rem;
    padding: 0.9rem 1.1rem;
    border-bottom: 1px solid var(--line);
    background: var(--surface);
  }
  .top h2 {
    flex: 1 1 auto;
  }
  .body {
    padding: 0.9rem 1.1rem 1.2rem;
  }
  .bad {
    margin-bottom: 0.8rem;
    padding: 0.6rem 0.8rem;
    border: 1px solid var(--line);
    border-left: 4px solid var(--danger);
    border-radius: 8px;
    overflow-wrap: anywhere;
    white-space: pre-line;
  }
  .choose {
    position: relative;
    cursor: pointer;
  }
  .choose:hover {
    background: var(--sunken);
  }
  .choose:focus-within {
    outline: 2.5px solid var(--accent);
    outline-offset: 2px;
  }
  .choose input {
    position: absolute;
    width: 1px;
    min-height: 1px;
    opacity: 0;
  }
  progress {
    width: 100%;
    accent-color: var(--accent);
  }
`;

/** Shows a component's dialog over the page, and has it closed by Escape and by a click beside it. */
export function showDialog(host: HTMLElement & { renderRoot: ParentNode }): void {
  const shown = host.renderRoot.querySelector('dialog') as HTMLDialogElement;
  shown.addEventListener('close', () => host.dispatchEvent(new Event('close')));
  shown.addEventListener('click', ({ target }) => target === shown && shown.close());
  shown.addEventListener('keydown', (event) => event.stopPropagation()); // keys of the page rest
  shown.showModal();
}
