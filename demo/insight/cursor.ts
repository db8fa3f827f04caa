/** A place of the plane. */
export type Place = readonly [x: number, y: number];

const ARROWS: Record<string, Place> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Where an arrow key goes: a step across or up; null for other keys. */
export const arrowOf = ({ key }: KeyboardEvent): Place | null => ARROWS[key] ?? null;

/** Keeps a key from the page, which has keys of its own. */
export function keep(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

/** The place of the square [−extent, extent]² that a pointer is at, in an element that shows it. */
export function placeUnder(event: PointerEvent, extent: number): Place {
  const { clientWidth, clientHeight } = event.target as HTMLElement;
  const at = (offset: number, size: number) => ((2 * offset) / size - 1) * extent;
  return within([at(event.offsetX, clientWidth), -at(event.offsetY, clientHeight)], extent);
}

/** The place of that square to which an arrow key moves a cursor, with Shift further; null for other keys. */
export function placeAfter(event: KeyboardEvent, [x, y]: Place, extent: number): Place | null {
  const arrow = arrowOf(event);
  if (!arrow) return null;
  const far = extent / (event.shiftKey ? 6 : 30);
  return within([x + arrow[0] * far, y + arrow[1] * far], extent);
}

function within(place: Place, extent: number): Place {
  const [x, y] = place.map((v) => Math.min(extent, Math.max(-extent, v)));
  return [x, y];
}
