import { empty, type Tape, type Value } from './tape.ts';

/** Moves numbers of x to y: y[i] = x[from(i)], where from(i) ≥ 0. */
function moved(tape: Tape, x: Value, y: Value, from: (i: number) => number): void {
  const each = (act: (i: number, j: number) => void) => {
    for (let i = 0; i < y.data.length; i++) {
      const j = from(i);
      if (j >= 0) act(i, j);
    }
  };
  each((i, j) => {
    y.data[i] = x.data[j];
  });
  tape.push(() =>
    each((i, j) => {
      x.grad[j] += y.grad[i];
    }),
  );
}

/** The channels of a, then those of b. */
export function joined(tape: Tape, a: Value, b: Value): Value {
  const [ca, cb] = [a, b].map(({ shape }) => shape[3]);
  const y = empty([...a.shape.slice(0, 3), ca + cb]);
  const at = (i: number): [pixel: number, channel: number] => [
    Math.floor(i / (ca + cb)),
    i % (ca + cb),
  ];
  moved(tape, a, y, (i) => (at(i)[1] < ca ? at(i)[0] * ca + at(i)[1] : -1));
  moved(tape, b, y, (i) => (at(i)[1] < ca ? -1 : at(i)[0] * cb + at(i)[1] - ca));
  return y;
}

/** Images [B, H, W, C] of twice the sides, each pixel four times. */
export function doubled(tape: Tape, x: Value): Value {
  const [batch, height, width, channels] = x.shape;
  const y = empty([batch, 2 * height, 2 * width, channels]);
  moved(tape, x, y, (i) => {
    const pixel = Math.floor(i / channels);
    const column = Math.floor((pixel % (2 * width)) / 2);
    const row = Math.floor(pixel / (2 * width)); // of all images
    const image = Math.floor(row / (2 * height));
    const at = (image * height + Math.floor((row % (2 * height)) / 2)) * width + column;
    return at * channels + (i % channels);
  });
  return y;
}

/** Images [B, H, W, C] with e [B, C] added to every pixel. */
export function told(tape: Tape, x: Value, e: Value): Value {
  const [, height, width, channels] = x.shape;
  const y = empty(x.shape);
  const at = (i: number) => Math.floor(i / (height * width * channels)) * channels + (i % channels);
  for (let i = 0; i < y.data.length; i++) y.data[i] = x.data[i] + e.data[at(i)];
  tape.push(() => {
    for (let i = 0; i < y.grad.length; i++) {
      x.grad[i] += y.grad[i];
      e.grad[at(i)] += y.grad[i];
    }
  });
  return y;
}

/**
 * (x − mean) / √(variance + epsilon) · scale + shift, mean and variance over all pixels of a group of
 * channels of each image [B, H, W, C].
 */
export function groupNorm(
  tape: Tape,
  x: Value,
  [scale, shift]: readonly [Value, Value],
  groups: number,
  epsilon: number,
): Value {
  const channels = x.shape[3];
  const [depth, pixels] = [channels / groups, x.shape[1] * x.shape[2]];
  const n = pixels * depth;
  const y = empty(x.shape);
  const normal = new Float64Array(x.data.length);
  const factors: number[] = [];
  /** Where number i of group g, counted through all images, lies. */
  const at = (g: number, i: number) =>
    (Math.floor(g / groups) * pixels + Math.floor(i / depth)) * channels +
    (g % groups) * depth +
    (i % depth);
  const over = (g: number, value: (j: number) => number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += value(at(g, i));
    return sum / n;
  };
  for (let g = 0; g < x.shape[0] * groups; g++) {
    const mean = over(g, (j) => x.data[j]);
    factors[g] = 1 / Math.sqrt(over(g, (j) => (x.data[j] - mean) ** 2) + epsilon);
    for (let i = 0; i < n; i++) {
      const j = at(g, i);
      normal[j] = (x.data[j] - mean) * factors[g];
      y.data[j] = normal[j] * scale.data[j % channels] + shift.data[j % channels];
    }
  }
  tape.push(() => {
    for (let j = 0; j < y.grad.length; j++) {
      shift.grad[j % channels] += y.grad[j];
      scale.grad[j % channels] += y.grad[j] * normal[j];
    }
    factors.forEach((factor, g) => {
      const slope = (j: number) => y.grad[j] * scale.data[j % channels];
      const [mean, along] = [over(g, slope), over(g, (j) => slope(j) * normal[j])];
      for (let i = 0; i < n; i++) {
        const j = at(g, i);
        x.grad[j] += factor * (slope(j) - mean - normal[j] * along);
      }
    });
  });
  return y;
}
