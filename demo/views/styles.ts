import { css } from 'lit';

/** What every component looks like before it says otherwise. */
export const base = css`
  :host {
    display: block;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before {
    box-sizing: border-box;
  }
  h2 {
    margin: 0;
    font-size: 1rem;
    font-weight: 650;
  }
  p {
    margin: 0;
  }
  .soft {
    color: var(--soft);
  }
  .small {
    font-size: 0.85rem;
  }
  .number,
  output {
    font-variant-numeric: tabular-nums;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0.25rem 0.9rem;
    margin-bottom: 0.7rem;
  }
  .head > :last-child:not(:first-child) {
    margin-left: auto;
  }
  button,
  select,
  input:not([type='radio']) {
    min-height: 2.25rem;
    padding: 0 0.6rem;
    border: 1px solid var(--edge);
    border-radius: 7px;
    background: var(--surface);
    color: inherit;
    font: inherit;
  }
  button {
    padding: 0 0.9rem;
    font-weight: 550;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    background: var(--sunken);
  }
  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }
  button.primary:hover:not(:disabled) {
    background: color-mix(in srgb, var(--accent) 86%, var(--ink));
  }
  button:disabled {
    border-color: var(--line);
    color: var(--soft);
    cursor: default;
  }
  button.primary:disabled {
    border-color: var(--line);
    background: var(--sunken);
    color: var(--soft);
  }
  a {
    color: var(--accent);
    text-underline-offset: 0.15em;
  }
  :focus-visible {
    outline: 2.5px solid var(--accent);
    outline-offset: 2px;
  }
  canvas {
    display: block;
  }
`;

/** A block of the page. */
export const card = css`
  :host {
    padding: 1rem 1.1rem 1.1rem;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--surface);
    min-width: 0;
  }
`;
