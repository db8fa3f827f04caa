import { css } from 'lit';

/** Where things are: one column on a phone, settings beside the run on a desk. */
export const layout = css`
  :host {
    max-width: 88rem;
    margin: 0 auto;
    padding: 0 clamp(0.75rem, 2.5vw, 2rem) 3rem;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    align-items: start;
  }
  .live,
  .views {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  @media (min-width: 60rem) {
    main {
      grid-template-columns: 17.5rem minmax(0, 1fr);
    }
    status-note,
    webgpu-help {
      grid-column: 1 / -1;
    }
    run-settings {
      position: sticky;
      top: 1rem;
    }
  }
  @media (min-width: 78rem) {
    .views {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      align-items: stretch;
    }
  }
  @media (max-width: 59.99rem) {
    run-settings {
      order: 2;
    }
    run-controls {
      position: sticky;
      top: 0.4rem;
      z-index: 2;
    }
  }
`;
