import { css } from 'lit';

/** Links side by side, the current one filled; on a phone one row that scrolls. */
export const pills = css`
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
  @media (max-width: 44rem) {
    nav {
      flex-wrap: nowrap;
      gap: 0.1rem;
      min-width: 0;
      overflow-x: auto;
      padding-right: 1.5rem;
      mask-image: linear-gradient(to left, transparent, #000 1.5rem);
      scrollbar-width: thin;
    }
    nav a {
      padding: 0.4rem 0.6rem;
      font-size: 0.94rem;
    }
    nav a:focus-visible {
      outline-offset: -2.5px; /* what scrolls cuts off what lies around it */
    }
  }
  @media (max-width: 44rem) and (pointer: coarse) {
    nav {
      scrollbar-width: none;
    }
  }
`;

/** Scrolls the rows of links so that their current ones are seen, and nothing else. */
export function showCurrent(root: ParentNode): void {
  for (const link of root.querySelectorAll<HTMLElement>('nav a[aria-current]')) {
    const row = link.parentElement as HTMLElement;
    const { left, width } = link.getBoundingClientRect();
    const box = row.getBoundingClientRect();
    row.scrollLeft += left + width / 2 - (box.left + box.width / 2);
  }
}
