import { nothing, svg } from 'lit';
import type { Axis, Box } from './axis.ts';

/** The chart in its own units. */
export const SIZE = { width: 720, height: 440 };

/** Room around what is drawn, for ticks and titles. */
export const INSET = { left: 64, right: 18, top: 14, bottom: 46 };

const [RIGHT, BASE] = [SIZE.width - INSET.right, SIZE.height - INSET.bottom];

/** Lines and numbers of the ticks of both axes, and the titles. */
export const axisLines = (across: Axis, up: Axis, x: string, y: string) => [
  up.ticks.map(
    (t) => svg`<line class="grid" x1=${INSET.left} x2=${RIGHT} y1=${up.at(t)} y2=${up.at(t)} />
      <text text-anchor="end" x=${INSET.left - 8} y=${up.at(t) + 4}>${up.text(t)}</text>`,
  ),
  across.ticks.map(
    (
      t,
    ) => svg`<line class="grid" y1=${INSET.top} y2=${BASE} x1=${across.at(t)} x2=${across.at(t)} />
      <text text-anchor="middle" x=${across.at(t)} y=${BASE + 18}>${across.text(t)}</text>`,
  ),
  svg`<text text-anchor="end" x=${RIGHT} y=${BASE + 38}>${x}${across.log ? ', log' : ''}</text>
    <text text-anchor="middle" transform="translate(14 ${(BASE + INSET.top) / 2}) rotate(-90)">${y}${
      up.log ? ', log' : ''
    }</text>`,
];

/** About how wide a text is. */
export const widthOf = (text: string): number => text.length * 6.1;

const REAL = 'real test images';

/** Where the name of the line of real test images stands, which lies at `y`. */
export function realBox(y: number): Box {
  const left = INSET.left + 6;
  return { left, right: left + widthOf(REAL), y: y - 5 };
}

/** Where real test images lie on either axis; null where they have no number. */
export const realLines = (across: Axis, up: Axis, [x, y]: readonly (number | null)[]) => [
  x === null
    ? nothing
    : svg`<line class="real" x1=${across.at(x)} x2=${across.at(x)} y1=${INSET.top} y2=${BASE} />`,
  y === null
    ? nothing
    : svg`<line class="real" x1=${INSET.left} x2=${RIGHT} y1=${up.at(y)} y2=${up.at(y)} />
        <text x=${realBox(up.at(y)).left} y=${realBox(up.at(y)).y}>${REAL}</text>`,
];
