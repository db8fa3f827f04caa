import type { Curve } from '../curve.ts';
import { colour, LOSS_COLOURS } from './colours.ts';
import { lossText } from './format.ts';
import { LossChart } from './loss-chart.ts';

/** Width of a picture of a chart, and the height of its title and keys, CSS pixels. */
const [WIDTH, HEAD] = [960, 76];

/** A chart of losses as a picture, with its title and what each line is. */
export async function chartPicture(
  curve: Curve,
  title: string,
  units: Readonly<Record<string, string>>,
): Promise<HTMLCanvasElement> {
  const chart = new LossChart();
  Object.assign(chart, { curve, units, version: curve.steps.length });
  Object.assign(chart.style, {
    ...{ position: 'fixed', left: '-9999px', padding: '0', border: '0' },
    ...{ width: `${WIDTH - 32}px` },
  });
  document.body.append(chart);
  try {
    await chart.updateComplete;
    const plot = await chart.picture();
    const picture = document.createElement('canvas');
    const scale = plot.width / (WIDTH - 32);
    Object.assign(picture, {
      width: WIDTH * scale,
      height: HEAD * scale + plot.height + 16 * scale,
    });
    const pen = picture.getContext('2d') as CanvasRenderingContext2D;
    pen.fillStyle = colour(chart, '--surface');
    pen.fillRect(0, 0, picture.width, picture.height);
    pen.scale(scale, scale);
    drawHead(pen, chart, title, curve, units);
    pen.drawImage(plot, 16, HEAD, plot.width / scale, plot.height / scale);
    return picture;
  } finally {
    chart.remove();
  }
}

function drawHead(
  pen: CanvasRenderingContext2D,
  from: Element,
  title: string,
  { names, smooth }: Curve,
  units: Readonly<Record<string, string>>,
): void {
  const { fontFamily } = getComputedStyle(from);
  pen.fillStyle = colour(from, '--ink');
  pen.font = `600 17px ${fontFamily}`;
  pen.fillText(title, 20, 30);
  pen.font = `14px ${fontFamily}`;
  let x = 20;
  names.forEach((name, i) => {
    const text = `${name} ${lossText(smooth[i].at(-1))} ${units[name] ?? ''}`;
    pen.fillStyle = colour(from, LOSS_COLOURS[i]);
    pen.fillRect(x, 50, 14, 3);
    pen.fillStyle = colour(from, '--ink');
    pen.fillText(text, x + 20, 56);
    x += 44 + pen.measureText(text).width;
  });
}
