/** The value of a colour token, for canvases. */
export const colour = (element: Element, token: string): string =>
  getComputedStyle(element).getPropertyValue(token).trim();

/** The tokens of the losses of a chart, in order. */
export const LOSS_COLOURS = ['--accent', '--second', '--third'];

/** Calls `redraw` when the page changes between light and dark; returns how to stop it. */
export function onScheme(redraw: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', redraw);
  return () => dark.removeEventListener('change', redraw);
}
