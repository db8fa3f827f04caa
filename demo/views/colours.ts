import type { ReactiveControllerHost } from 'lit';

/** The value of a colour token, for canvases. */
export const colour = (element: Element, token: string): string =>
  getComputedStyle(element).getPropertyValue(token).trim();

/** A token of six digits as red, green and blue, 0..255. */
export function rgbOf(element: Element, token: string): number[] {
  const digits = colour(element, token).slice(1);
  return [0, 2, 4].map((i) => Number.parseInt(digits.slice(i, i + 2), 16));
}

/** The tokens of the losses of a chart, in order. */
export const LOSS_COLOURS = ['--accent', '--second', '--third'];

/** The tokens of the classes of examples, in order. */
export const CLASS_COLOURS = Array.from({ length: 10 }, (_, i) => `--class${i}`);

/** Has `redraw` called when the page changes between light and dark, while a component is in it. */
export function onScheme(host: ReactiveControllerHost, redraw = () => host.requestUpdate()): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  host.addController({
    hostConnected: () => dark.addEventListener('change', redraw),
    hostDisconnected: () => dark.removeEventListener('change', redraw),
  });
}
