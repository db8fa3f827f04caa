import { colour, rgbOf } from '../views/colours.ts';
import { contoursOf } from './contours.ts';

/** Something drawn on a square of the plane, [−extent, extent]². */
export type Layer = Field | Contours | Points | Arrows | Lines;

/** Values of a square grid, row by row from the top, from the lowest to the highest. */
export interface Field {
  kind: 'field';
  values: Float32Array;
  /** Whether 0 is in the middle of the colours. */
  centred?: boolean;
  /** What the ends of the colours stand for, the lowest and the highest value unless given. */
  range?: readonly [number, number];
}

/** Lines of equal value of such a grid. */
export interface Contours {
  kind: 'contours';
  values: Float32Array;
  levels: readonly number[];
}

/** Points [n, 2], in one colour or each in its own. */
export interface Points {
  kind: 'points';
  points: Float32Array;
  token?: string;
  /** A colour of the wheel for each, 0..1. */
  hues?: Float32Array;
  radius?: number;
}

/** Arrows from points [n, 2] by [n, 2] times a factor. */
export interface Arrows {
  kind: 'arrows';
  at: Float32Array;
  by: Float32Array;
  factor: number;
  token: string;
}

/** Paths of points [n, 2]. */
export interface Lines {
  kind: 'lines';
  paths: readonly Float32Array[];
  token: string;
  width?: number;
}

/** Pixels of a canvas's side. */
export const SIDE = 640;

/** A square that is drawn on. */
interface Board {
  pen: CanvasRenderingContext2D;
  across(x: number): number;
  up(y: number): number;
  colour(token: string): string;
}

/** Draws layers over each other. */
export function drawPlane(canvas: HTMLCanvasElement, layers: readonly Layer[], extent: number) {
  canvas.width = canvas.height = SIDE;
  const board: Board = {
    pen: canvas.getContext('2d') as CanvasRenderingContext2D,
    across: (x) => ((x / extent + 1) / 2) * SIDE,
    up: (y) => ((1 - y / extent) / 2) * SIDE,
    colour: (token) => colour(canvas, token),
  };
  for (const layer of layers) {
    if (layer.kind === 'field') drawField(board, canvas, layer);
    if (layer.kind === 'contours') drawContours(board, layer, extent);
    if (layer.kind === 'points') drawPoints(board, layer);
    if (layer.kind === 'arrows') drawArrows(board, layer);
    if (layer.kind === 'lines') drawLines(board, layer);
  }
}

/** The lowest and the highest of finite values; 0 and 1 where there are none. */
export function rangeOf(values: Iterable<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

function drawField({ pen }: Board, canvas: HTMLCanvasElement, field: Field): void {
  const { values, centred, range = rangeOf(values) } = field;
  const side = Math.sqrt(values.length);
  const most = Math.max(...range.map(Math.abs)) || 1;
  const [low, high] = centred ? [-most, most] : range;
  const stops = (centred ? ['--third', '--surface', '--second'] : ['--sunken', '--accent']).map(
    (token) => rgbOf(canvas, token),
  );
  const small = new OffscreenCanvas(side, side);
  const image = new ImageData(side, side);
  values.forEach((value, i) => {
    const share = Math.min(1, Math.max(0, (value - low) / (high - low || 1))) || 0;
    const place = share * (stops.length - 1);
    const from = Math.min(stops.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) {
      const [a, b] = [stops[from][c], stops[from + 1][c]];
      image.data[4 * i + c] = a + (b - a) * (place - from);
    }
    image.data[4 * i + 3] = 255;
  });
  (small.getContext('2d') as OffscreenCanvasRenderingContext2D).putImageData(image, 0, 0);
  pen.globalAlpha = 0.8; // so that what is drawn over it stands out
  pen.drawImage(small, 0, 0, SIDE, SIDE);
  pen.globalAlpha = 1;
}

function drawContours(board: Board, { values, levels }: Contours, extent: number): void {
  const { pen, across, up, colour } = board;
  pen.strokeStyle = colour('--ink');
  pen.globalAlpha = 0.35;
  pen.lineWidth = 1.2;
  pen.beginPath();
  for (const level of levels) {
    for (const [x0, y0, x1, y1] of contoursOf(values, level, extent)) {
      pen.moveTo(across(x0), up(y0));
      pen.lineTo(across(x1), up(y1));
    }
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawPoints({ pen, across, up, colour }: Board, layer: Points): void {
  const { points, token = '--accent', hues, radius = 2.4 } = layer;
  pen.fillStyle = colour(token);
  pen.globalAlpha = 0.75;
  for (let i = 0; i < points.length / 2; i++) {
    if (hues) pen.fillStyle = `hsl(${Math.round(hues[i] * 360)} 65% 50%)`;
    const [x, y] = [across(points[2 * i]), up(points[2 * i + 1])];
    pen.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
  }
  pen.globalAlpha = 1;
}

function drawArrows({ pen, across, up, colour }: Board, layer: Arrows): void {
  const { at, by, factor, token } = layer;
  pen.strokeStyle = colour(token);
  pen.lineWidth = 1.6;
  pen.beginPath();
  for (let i = 0; i < at.length; i += 2) {
    const [x, y] = [across(at[i]), up(at[i + 1])];
    const [ex, ey] = [across(at[i] + by[i] * factor), up(at[i + 1] + by[i + 1] * factor)];
    const length = Math.hypot(ex - x, ey - y);
    if (!(length > 0.5)) continue;
    const head = Math.min(7, length / 2.2);
    const angle = Math.atan2(ey - y, ex - x);
    pen.moveTo(x, y);
    pen.lineTo(ex, ey);
    for (const turn of [-0.45, 0.45]) {
      pen.moveTo(ex, ey);
      pen.lineTo(ex - head * Math.cos(angle + turn), ey - head * Math.sin(angle + turn));
    }
  }
  pen.stroke();
}

function drawLines({ pen, across, up, colour }: Board, { paths, token, width = 1.2 }: Lines): void {
  pen.strokeStyle = colour(token);
  pen.lineWidth = width;
  pen.beginPath();
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 2) {
      const [x, y] = [across(path[i]), up(path[i + 1])];
      if (i === 0) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    }
  }
  pen.stroke();
}
