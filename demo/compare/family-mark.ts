import { css } from 'lit';
import { families, type Family } from '../../models/settings.ts';

/** The class that gives a family its colour. */
export const familyClass = (family: string): string =>
  `c${Math.max(0, families.indexOf(family as Family))}`;

/** Colours c0 to c7 as `color`, and a disc of that colour. */
export const marks = css`
  .c0 {
    color: var(--c0);
  }
  .c1 {
    color: var(--c1);
  }
  .c2 {
    color: var(--c2);
  }
  .c3 {
    color: var(--c3);
  }
  .c4 {
    color: var(--c4);
  }
  .c5 {
    color: var(--c5);
  }
  .c6 {
    color: var(--c6);
  }
  .c7 {
    color: var(--c7);
  }
  .mark::before {
    content: '';
    display: inline-block;
    width: 0.65em;
    height: 0.65em;
    margin-right: 0.4em;
    border-radius: 50%;
    background: currentColor;
  }
`;
