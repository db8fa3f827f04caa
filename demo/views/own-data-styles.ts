import { css } from 'lit';

/** Where things are in the dialog of own data. */
export const ownDataStyles = css`
  .form {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4rem 0.8rem;
    margin-bottom: 0.9rem;
  }
  .parts {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 1.2rem;
    align-items: start;
  }
  .drop {
    display: grid;
    gap: 0.2rem;
    margin-top: 0.8rem;
    padding: 1.1rem;
    border: 2px dashed var(--edge);
    border-radius: 10px;
    text-align: center;
  }
  .made {
    display: grid;
    gap: 0.6rem;
  }
  .none {
    display: grid;
    place-items: center;
    min-height: 12rem;
    border-radius: 8px;
    background: var(--sunken);
    text-align: center;
  }
  h3 {
    margin: 1.3rem 0 0.2rem;
    font-size: 0.95rem;
  }
  .kept {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.4rem 0.6rem;
    padding: 0.55rem 0;
    border-top: 1px solid var(--line);
  }
  .kept > :first-child {
    flex: 1 1 14rem;
    overflow-wrap: anywhere;
  }
  @media (max-width: 40rem) {
    .parts {
      grid-template-columns: minmax(0, 1fr);
    }
    .none {
      min-height: 5rem;
    }
  }
`;
