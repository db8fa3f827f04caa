import { css } from 'lit';

/** How the parts of a family's view lie: figures beside each other, controls in a row. */
export const parts = css`
  section + section {
    margin-top: 1.2rem;
    padding-top: 1rem;
    border-top: 1px solid var(--line);
  }
  h3 {
    margin: 0;
    font-size: 0.93rem;
    font-weight: 650;
  }
  summary {
    cursor: pointer;
  }
  summary h3 {
    display: inline;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.9rem;
    margin: 0.5rem 0 0.7rem;
  }
  .row label {
    display: inline-flex;
    align-items: center;
    gap: 0.4rem;
    font-size: 0.88rem;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr));
    gap: 0.9rem 1.3rem;
    align-items: start;
  }
  figure {
    margin: 0;
    min-width: 0;
  }
  figcaption,
  .note {
    margin-top: 0.35rem;
    color: var(--soft);
    font-size: 0.85rem;
    font-variant-numeric: tabular-nums;
  }
  .bad {
    color: var(--danger);
  }
  input[type='range'] {
    padding: 0;
    border: 0;
    accent-color: var(--accent);
  }
  input[type='checkbox'] {
    min-height: 0;
    accent-color: var(--accent);
  }
`;

/** How a picture lies that is drawn on a canvas, and one that has a cursor. */
export const picture = css`
  canvas {
    width: 100%;
    border-radius: 6px;
    background: var(--sunken);
  }
  canvas[tabindex] {
    cursor: crosshair;
    touch-action: none;
  }
`;
