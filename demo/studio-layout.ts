import { css } from 'lit';

/** Where things are: one column on a phone, settings beside the run on a desk. */
export const layout = css`
  :host {
    max-width: 88rem;
    margin: 0 auto;
    padding: 0 clamp(0.75rem, 2.5vw, 2rem) 3rem;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4rem 1.6rem;
    padding: 0.9rem 0;
  }
  .brand {
    display: flex;
    align-items: center;
    gap: 0.55rem;
    color: var(--ink);
    font-size: 1.15rem;
    font-weight: 700;
    letter-spacing: -0.01em;
    text-decoration: none;
  }
  nav {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3rem;
  }
  nav a {
    padding: 0.35rem 0.8rem;
    border-radius: 99px;
    color: var(--soft);
    text-decoration: none;
    white-space: nowrap;
  }
  nav a:hover {
    color: var(--ink);
    background: var(--sunken);
  }
  nav a[aria-current] {
    background: color-mix(in srgb, var(--accent) 16%, var(--paper));
    color: var(--ink);
    font-weight: 600;
  }
  .models {
    flex-basis: 100%;
    padding-top: 0.4rem;
    border-top: 1px solid var(--line);
    font-size: 0.92rem;
  }
  .adapter {
    margin-left: auto;
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
    nav {
      order: 1;
      flex-basis: 100%;
    }
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
