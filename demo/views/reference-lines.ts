import type uPlot from 'uplot';
import type { Change } from '../../run/changes.ts';

/** A horizontal line of a chart with its name. */
export interface Level {
  value: number;
  text: string;
  colour: string;
  dash: number[];
}

/** A range widened to values that are no further away than it is wide: others would flatten the curve. */
export function withReferences(
  [low, high]: readonly [number, number],
  values: readonly number[],
): [number, number] {
  const reach = high - low;
  const near = values.filter((value) => value >= low - reach && value <= high + reach);
  return [Math.min(low, ...near), Math.max(high, ...near)];
}

/** Draws the lines that lie within a chart, each name at the right above its line where there is room. */
export function drawLevels({ ctx, bbox, valToPos }: uPlot, levels: Level[], paper: string): void {
  const { left, top, width, height } = bbox;
  const unit = devicePixelRatio;
  const placed: number[] = [];
  ctx.save();
  ctx.lineWidth = unit * 1.25;
  ctx.font = `${12 * unit}px system-ui, sans-serif`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'bottom';
  for (const { value, text, colour, dash } of levels) {
    const y = valToPos(value, 'y', true);
    if (y < top || y > top + height) continue;
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.setLineDash(dash.map((part) => part * unit));
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
    if (placed.some((other) => Math.abs(other - y) < 15 * unit)) continue;
    placed.push(y);
    ctx.setLineDash([]);
    ctx.strokeStyle = paper;
    ctx.lineWidth = unit * 4;
    ctx.strokeText(text, left + width - 4 * unit, y - 2 * unit);
    ctx.fillText(text, left + width - 4 * unit, y - 2 * unit);
    ctx.lineWidth = unit * 1.25;
  }
  ctx.restore();
}

/** Draws a line down a chart where a setting was changed, with its new value. */
export function drawChanges(
  { ctx, bbox, valToPos }: uPlot,
  changes: readonly Change[],
  { colour, font }: { colour: string; font: string },
): void {
  const unit = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = unit;
  ctx.font = `${11 * unit}px ${font}`;
  changes.forEach(({ step, name, value }, i) => {
    const x = valToPos(step, 'x', true);
    if (x > bbox.left + bbox.width) return;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const right = x > bbox.left + 0.75 * bbox.width;
    ctx.textAlign = right ? 'right' : 'left';
    const place = x + (right ? -4 : 4) * unit;
    ctx.fillText(`${name} ${value}`, place, bbox.top + (12 + 13 * (i % 4)) * unit);
  });
  ctx.restore();
}
