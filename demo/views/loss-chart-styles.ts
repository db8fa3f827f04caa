import { css } from 'lit';

/** Least height of the chart, px. */
export const HEIGHT = 260;

/** The look of the chart of losses and of its keys. */
export const chartStyles = css`
  :host {
    display: flex;
    flex-direction: column;
  }
  .plot {
    position: relative;
    flex: 1 1 ${HEIGHT}px;
    min-height: ${HEIGHT}px;
    margin-bottom: 0.4rem;
  }
  .uplot {
    position: absolute;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4rem;
  }
  .legend button {
    display: inline-flex;
    align-items: baseline;
    gap: 0.45em;
    min-height: 1.9rem;
    padding: 0.2rem 0.7rem;
    border-color: var(--line);
    border-radius: 99px;
    font-size: 0.85rem;
    font-weight: 400;
  }
  .legend button::before {
    content: '';
    width: 0.95em;
    height: 0.2em;
    border-radius: 1px;
    background: var(--accent);
    align-self: center;
  }
  .legend .loss1::before {
    background: var(--second);
  }
  .legend .loss2::before {
    background: var(--third);
  }
  .legend button[aria-pressed='false'] {
    color: var(--soft);
    text-decoration: line-through;
  }
  .legend b {
    font-variant-numeric: tabular-nums;
  }
`;
