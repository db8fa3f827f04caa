import { css } from 'lit';

/** What the bench's page has beside the layout of the studio. */
export const benchLayout = css`
  .card {
    min-width: 0;
    padding: 1rem 1.1rem;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--surface);
  }
  .cases {
    max-height: 80vh;
    overflow: auto;
    scrollbar-width: thin;
  }
  fieldset {
    margin: 0.8rem 0 0;
    padding: 0;
    border: 0;
  }
  legend {
    padding: 0;
    font-weight: 600;
  }
  button.link {
    min-height: 0;
    padding: 0 0.3rem;
    border: 0;
    background: none;
    color: var(--accent);
    font-weight: 400;
  }
  label {
    display: flex;
    gap: 0.5rem;
    align-items: center;
    padding: 0.15rem 0;
  }
  input[type='checkbox'] {
    min-height: 0;
    accent-color: var(--accent);
  }
  .controls {
    display: flex;
    flex-wrap: wrap;
    gap: 0.6rem 0.8rem;
    align-items: center;
  }
  progress {
    flex: 1 1 8rem;
    accent-color: var(--accent);
  }
  .charts {
    margin: 0;
  }
  .controls p {
    flex-basis: 100%;
  }
`;
