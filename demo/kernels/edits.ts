import { keepText, keptText } from '../kept-text.ts';

const nameOf = (file: string) => `eightfold kernel ${file}`;

/** The text that a person has made of a kernel's file in this browser; null where it is as it was. */
export const keptEdit = (file: string): string | null => keptText(nameOf(file));

/** Keeps a text that differs from its file's, or forgets it; says whether it could. */
export const keepEdit = (file: string, text: string | null): boolean =>
  keepText(nameOf(file), text);
