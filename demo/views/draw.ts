import { colour, rgbOf } from './colours.ts';

type Grid = { height: number; width: number; channels: number };

/** How large a canvas is at most, in its own pixels. */
const SIDE = 768;

/** Draws images [n, h, w, c] with values 0..1 as a grid; grey ones as ink on paper, or light on dark. */
export function drawImages(
  canvas: HTMLCanvasElement,
  values: Float32Array,
  { height, width, channels }: Grid,
  columns: number,
): void {
  const size = height * width * channels;
  const count = values.length / size;
  const rows = Math.ceil(count / columns);
  const [cellWidth, cellHeight] = [width + 1, height + 1];
  const small = new OffscreenCanvas(columns * cellWidth - 1, rows * cellHeight - 1);
  const image = new ImageData(small.width, small.height);
  const [paper, ink] = [rgbOf(canvas, '--sunken'), rgbOf(canvas, '--ink')];
  for (let i = 0; i < count; i++) {
    const corner = Math.floor(i / columns) * cellHeight * small.width + (i % columns) * cellWidth;
    for (let p = 0; p < height * width; p++) {
      const at = 4 * (corner + Math.floor(p / width) * small.width + (p % width));
      for (let c = 0; c < 3; c++) {
        const grey = channels === 1;
        const value = clamped(values[i * size + (grey ? p : p * channels + c)]);
        image.data[at + c] = grey ? paper[c] + (ink[c] - paper[c]) * value : 255 * value;
      }
      image.data[at + 3] = 255;
    }
  }
  pen(small).putImageData(image, 0, 0);
  const scale = Math.max(1, Math.round(SIDE / small.width)); // whole, so that pixels stay square
  canvas.width = small.width * scale;
  canvas.height = small.height * scale;
  const context = pen(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

/** Points of each layer [n, 2] of the square [-extent, extent]², over each other. */
export function drawPoints(
  canvas: HTMLCanvasElement,
  layers: { points: Float32Array; token: string }[],
  extent: number,
  radius: number,
): void {
  canvas.width = canvas.height = SIDE;
  const context = pen(canvas);
  drawAxes(context, colour(canvas, '--line'));
  const place = (v: number) => ((v + extent) / (2 * extent)) * SIDE;
  for (const { points, token } of layers) {
    context.fillStyle = colour(canvas, token);
    context.globalAlpha = 0.62;
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [place(points[i]), SIDE - place(points[i + 1])];
      context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
  }
}

/** Samples -1..1 over time: the range that each column of the canvas spans. */
export function drawWave(canvas: HTMLCanvasElement, samples: ArrayLike<number>): void {
  canvas.width = SIDE;
  canvas.height = SIDE / 6;
  const context = pen(canvas);
  context.fillStyle = colour(canvas, '--accent');
  const place = (v: number) => ((1 - v) / 2) * canvas.height;
  for (let x = 0; x < SIDE; x++) {
    const from = Math.floor((x * samples.length) / SIDE);
    const to = Math.max(from + 1, Math.floor(((x + 1) * samples.length) / SIDE));
    let [low, high] = [samples[from], samples[from]];
    for (let i = from; i <= Math.min(to, samples.length - 1); i++) {
      // as far as the next column begins: the line has no gaps
      low = Math.min(low, samples[i]);
      high = Math.max(high, samples[i]);
    }
    context.fillRect(x, place(high), 1, Math.max(1.5, place(low) - place(high)));
  }
}

const clamped = (value: number) => Math.min(1, Math.max(0, value || 0));

function drawAxes(context: CanvasRenderingContext2D, line: string): void {
  context.strokeStyle = line;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(SIDE / 2, 0);
  context.lineTo(SIDE / 2, SIDE);
  context.moveTo(0, SIDE / 2);
  context.lineTo(SIDE, SIDE / 2);
  context.stroke();
}

function pen(canvas: HTMLCanvasElement): CanvasRenderingContext2D;
function pen(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D;
function pen(canvas: HTMLCanvasElement | OffscreenCanvas) {
  return canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
}
