const keyOf = (file: string) => `eightfold kernel ${file}`;

/** The text that a person has made of a kernel's file in this browser; null where it is as it was. */
export function keptEdit(file: string): string | null {
  try {
    return localStorage.getItem(keyOf(file));
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** Keeps a text that differs from its file's, or forgets it; says whether it could. */
export function keepEdit(file: string, text: string | null): boolean {
  try {
    if (text === null) localStorage.removeItem(keyOf(file));
    else localStorage.setItem(keyOf(file), text);
    return true;
  } catch {
    return false;
  }
}
