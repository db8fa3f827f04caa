import { beforeAll, describe, expect, test } from 'vitest';
import {
  broadcastTo,
  currentGpu,
  exp,
  type Gpu,
  grad,
  mul,
  reshape,
  type Shape,
  sizeOf,
  sum,
  type Tensor,
  tensor,
  variablesOf,
} from '../engine/index.ts';
import type { Autoregressive } from '../models/autoregressive/autoregressive.ts';
import { gatedPixelcnn } from '../models/autoregressive/gated_pixelcnn.ts';
import { type Made, made } from '../models/autoregressive/made.ts';
import { nade } from '../models/autoregressive/nade.ts';
import { pixelcnn } from '../models/autoregressive/pixelcnn.ts';
import { logisticMixture, pixelcnnPp } from '../models/autoregressive/pixelcnn_pp.ts';
import { settle } from '../models/catalog.ts';
import { randomStream } from '../models/data/random.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(1);
});

const rates = (shape: Shape) =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.3 + (0.4 * i) / sizeOf(shape));
const small = { channels: 8, layers: 3, first: 3, batch: 4 };
const mades = { hidden: 40, batch: 4 };

/** A model of images of a shape, in steps of 1 / white. */
interface Row {
  name: string;
  white: number;
  colours: number;
  make(shape: Shape, white: number): Autoregressive;
  classes?: number;
}

const rows: Row[] = [
  {
    name: 'MADE',
    ...{ white: 1, colours: 1 },
    make: (shape) => made(settle('made', 'digits8', mades), shape, rates(shape)),
  },
  {
    name: 'MADE, 2 layers, any order',
    ...{ white: 1, colours: 1 },
    make: (shape) =>
      made(
        settle('made', 'digits8', { ...mades, layers: 2, order: 'agnostic', average: 3 }),
        shape,
        rates(shape),
      ),
  },
  {
    name: 'NADE',
    ...{ white: 1, colours: 1 },
    make: (shape) => nade(settle('nade', 'digits8', { hidden: 20, batch: 4 }), shape, rates(shape)),
  },
  {
    name: 'PixelCNN',
    ...{ white: 1, colours: 1 },
    make: (shape) => pixelcnn(settle('pixelcnn', 'digits8', small), shape, 1, rates(shape)),
  },
  {
    name: 'PixelCNN, 3 levels, with places',
    ...{ white: 2, colours: 1 },
    make: (shape, white) =>
      pixelcnn(
        settle('pixelcnn', 'digits8', { ...small, output: 'softmax', position: 'learned' }),
        ...([shape, white, null] as const),
      ),
  },
  {
    name: 'Gated PixelCNN',
    ...{ white: 1, colours: 1 },
    make: (shape, white) =>
      gatedPixelcnn(settle('gated_pixelcnn', 'digits8', { ...small, first: 5 }), shape, white, 0),
  },
  {
    name: 'Gated PixelCNN, 3 levels, of classes, wide filters',
    ...{ white: 2, colours: 1, classes: 3 },
    make: (shape, white) =>
      gatedPixelcnn(
        settle('gated_pixelcnn', 'digits8', { ...small, filter: 5, output: 'softmax' }),
        ...([shape, white, 3] as const),
      ),
  },
  {
    name: 'PixelCNN++, grey',
    ...{ white: 2, colours: 1 },
    make: (shape, white) => pixelcnnPp(settle('pixelcnn_pp', 'digits8', small), shape, white, 0),
  },
  {
    name: 'PixelCNN++, RGB',
    ...{ white: 1, colours: 3 },
    make: (shape, white) => pixelcnnPp(settle('pixelcnn_pp', 'digits8', small), shape, white, 0),
  },
];
const table = rows.map((row) => [row.name, row] as const);

/** Makes what a model has learned larger, so that nothing of interest is as small as rounding. */
function stirred<M extends Autoregressive>(model: M, scale = 2): M {
  for (const v of variablesOf(model.variables)) v.assign(mul(v, scale));
  return model;
}

/** All images of a shape in steps of 1 / white: [(white + 1)^size, size]. */
function allImages(shape: Shape, white: number): Float32Array {
  const size = sizeOf(shape);
  const count = (white + 1) ** size;
  return Float32Array.from({ length: count * size }, (_, i) => {
    const image = Math.floor(i / size);
    return (Math.floor(image / (white + 1) ** (i % size)) % (white + 1)) / white;
  });
}

/** Images of a shape with random levels. */
const someImages = (n: number, shape: Shape, white: number) => {
  const random = randomStream(7, n);
  const level = () => Math.floor(random.uniform() * (white + 1)) / white;
  return tensor(Float32Array.from({ length: n * sizeOf(shape) }, level), [n, ...shape]);
};

const classesOf = (n: number, { classes }: Row) =>
  classes ? tensor(Uint32Array.from({ length: n }, (_, i) => i % classes)) : null;

/** |∂ numbers of place i / ∂ pixel of place j|, the largest over images and colours: [P][P]. */
async function influence(numbers: (x: Tensor) => Tensor, shape: Shape, white: number) {
  const places = shape[0] * shape[1];
  const step = currentGpu().step((x: Tensor, which: Tensor) => {
    const y = numbers(x); // [B, P, K]
    return grad(sum(mul(y, reshape(which, [places, 1]))), [x])[0];
  });
  const result: number[][] = [];
  for (let i = 0; i < places; i++) {
    const which = Float32Array.from({ length: places }, (_, p) => +(p === i));
    const slopes = await floats(step(someImages(16, shape, white), tensor(which)));
    const most = Array<number>(places).fill(0);
    slopes.forEach((slope, k) => {
      const j = Math.floor(k / shape[2]) % places;
      most[j] = Math.max(most[j], Math.abs(slope));
    });
    result.push(most);
  }
  step.dispose();
  return result;
}

describe('autoregressive models of images', () => {
  test.each(table)('%s: no pixel hears itself or one after it', async (_, row) => {
    const shape = [3, 4, row.colours];
    const model = stirred(row.make(shape, row.white));
    const heard = await influence(
      (x) => model.numbers(x, classesOf(16, row)),
      ...([shape, row.white] as const),
    );
    const order = 'degrees' in model ? (model as Made).degrees(0)[0] : heard.map((_, i) => i);
    heard.forEach((line, i) => {
      line.forEach((slope, j) => {
        if (order[j] >= order[i]) expect(slope, `pixel ${i} hears ${j}`).toBe(0);
      });
    });
    expect(Math.max(...heard[order.indexOf(11)])).toBeGreaterThan(1e-4); // the last hears some
  });

  test('MADE: causal in every order that it is trained in, and not in another', async () => {
    const shape = [3, 3, 1];
    const settings = { ...mades, layers: 2, order: 'agnostic' } as const;
    const model = stirred(made(settle('made', 'digits8', settings), shape, rates(shape)));
    const orders = new Set<string>();
    for (let which = 0; which < 6; which++) {
      const degrees = model.degrees(which);
      orders.add(degrees[0].join());
      const numbers = (x: Tensor) =>
        reshape(model.numbersBy(degrees, reshape(x, [-1, 9])), [-1, 9, 1]);
      const heard = await influence(numbers, shape, 1);
      const pairs = heard.flatMap((line, i) => line.map((slope, j) => ({ slope, i, j })));
      for (const { slope, i, j } of pairs) {
        if (degrees[0][j] >= degrees[0][i]) expect(slope).toBe(0);
      }
      const before = pairs.filter(({ i, j }) => degrees[0][j] < degrees[0][i]);
      expect(before.filter(({ slope }) => slope > 0).length).toBeGreaterThan(0.7 * before.length);
    }
    expect(orders.size).toBe(6);
  });

  test.each(table)('%s: the probabilities of all images sum to one', async (_, row) => {
    const shape = row.colours === 3 ? [1, 3, 3] : [2, 3, 1];
    const model = stirred(row.make(shape, row.white));
    const all = allImages(shape, row.white);
    const n = all.length / sizeOf(shape);
    for (let c = 0; c < (row.classes ?? 1); c++) {
      const classes = row.classes ? tensor(new Uint32Array(n).fill(c)) : null;
      const step = gpu.step((x: Tensor) => model.logLikelihood(x, classes));
      const logs = await floats(step(tensor(all, [n, ...shape])));
      step.dispose();
      const total = logs.reduce((s, l) => s + Math.exp(l), 0);
      expect(Math.abs(total - 1)).toBeLessThan(2e-5); // n f32 logs of about 1e-6 each
    }
  });

  test.each(table.filter(([name, { white }]) => !name.includes('++') || white === 1))(
    '%s: with all variables zero, a pixel has log2(levels) bits',
    async (_, row) => {
      const shape = [3, 4, row.colours];
      const model = row.make(shape, row.white);
      for (const v of variablesOf(model.variables)) v.write(new Float32Array(v.size));
      const x = someImages(5, shape, row.white);
      const logs = await floats(gpu.step(() => model.logLikelihood(x, classesOf(5, row)))());
      for (const l of logs) {
        expect(-l / sizeOf(shape) / Math.LN2).toBeCloseTo(Math.log2(row.white + 1), 5);
      }
    },
  );

  test.each(table)('%s: pixel by pixel it says what it says at once', async (_, row) => {
    const shape = [4, 5, row.colours];
    const [n, places] = [3, 20];
    const model = stirred(row.make(shape, row.white));
    const x = someImages(n, shape, row.white);
    const pixels = await floats(gpu.step(() => x)());
    const atOnce = await floats(gpu.step(() => model.numbers(x, classesOf(n, row)))());
    const order = 'degrees' in model ? (model as Made).degrees(0)[0] : null;
    const pixelOf = (t: number) => (order ? order.indexOf(t) : t);
    const valueAt = (t: number) =>
      Float32Array.from({ length: n * row.colours }, (_, i) => {
        const [image, colour] = [Math.floor(i / row.colours), i % row.colours];
        return t < 0 ? Number.NaN : pixels[(image * places + pixelOf(t)) * row.colours + colour];
      });

    const walk = model.walk(n);
    const step = gpu.step((t: number, before: Tensor) => walk.advance(t, before));
    const K = model.pixel.size;
    const largest = Math.max(...atOnce.map(Math.abs));
    for (let image = 0; image < 2; image++) {
      for (let t = 0; t < places; t++) {
        const before = tensor(
          valueAt(t - 1).map((v) => v || 0),
          [n, row.colours],
        );
        const now = await floats(step(t, before));
        now.forEach((v, i) => {
          const want = atOnce[(Math.floor(i / K) * places + pixelOf(t)) * K + (i % K)];
          expect(Math.abs(v - want), `pass ${t}, number ${i}`).toBeLessThan(2e-6 * (1 + largest));
        });
      }
    }
    const last = tensor(valueAt(places - 1), [n, row.colours]);
    expect(await floats(gpu.step(() => walk.images(last))())).toEqual(pixels);
    walk.dispose();
  });

  test.each(table)('%s: samples are distributed as p says', async (_, row) => {
    const shape = row.colours === 3 ? [1, 2, 3] : row.white === 1 ? [2, 3, 1] : [2, 2, 1];
    const model = stirred(row.make(shape, row.white), 1.5);
    const [n, size] = [6000, sizeOf(shape)];
    const all = allImages(shape, row.white);
    const cells = all.length / size;
    const classes = row.classes ? new Uint32Array(n).fill(1) : undefined;
    const one = row.classes ? tensor(new Uint32Array(cells).fill(1)) : null;
    const single = 'degrees' in model; // draws in its first order
    const x = tensor(all, [cells, ...shape]);
    const logs = await floats(
      gpu.step(() =>
        single
          ? sum(
              reshape(model.pixel.logLikelihood(model.numbers(x), reshape(x, [cells, size, 1])), [
                cells,
                size,
              ]),
              1,
            )
          : model.logLikelihood(x, one),
      )(),
    );
    const sampler = model.sampler(n, { classes });
    const samples = await floats(await sampler.draw());
    sampler.dispose();
    const counts = new Float64Array(cells);
    for (let k = 0; k < n; k++) {
      let cell = 0;
      for (let i = size - 1; i >= 0; i--) {
        cell = cell * (row.white + 1) + Math.round(samples[k * size + i] * row.white);
      }
      counts[cell]++;
    }
    // Pearson's statistic over the cells that expect 5 or more: its mean is their number, its
    // standard deviation the root of twice that.
    let [statistic, used] = [0, 0];
    counts.forEach((count, cell) => {
      const expected = n * Math.exp(logs[cell]);
      if (expected < 5) return;
      statistic += (count - expected) ** 2 / expected;
      used++;
    });
    expect(used).toBeGreaterThan(8);
    expect(statistic).toBeLessThan(used + 5 * Math.sqrt(2 * used));
  });

  test.each([
    ['red', 1],
    ['green', 2],
  ] as const)(
    'PixelCNN++: the probability of colours up to %s hears no later one',
    async (_, known) => {
      const white = 3;
      const pixel = logisticMixture(2, 3, white);
      const random = randomStream(3, 0);
      const values = Float32Array.from({ length: pixel.size }, () => random.normal());
      // A pixel with the known colours at level 1 and each level of the others: p summed over these.
      const later = 3 - known;
      const count = (white + 1) ** later;
      const colours = Array.from({ length: count }, (_, i) => [
        ...Array<number>(known).fill(1 / white),
        ...Array.from({ length: later }, (_, c) => (Math.floor(i / 4 ** c) % 4) / white),
      ]);
      const { p, slope } = gpu.step(() => {
        const numbers = tensor(values, [1, pixel.size]);
        const each = pixel.logLikelihood(
          broadcastTo(numbers, [count, pixel.size]),
          tensor(colours.flat(), [count, 3]),
        );
        const p = sum(exp(each));
        return { p, slope: grad(p, [numbers])[0] };
      })();
      expect(await p.item()).toBeGreaterThan(1e-3);
      // Numbers of two components each: π, means of r g b, scales of r g b, α of g, β and γ of b.
      const owner = [0, 0, 1, 2, 0, 1, 2, 1, 2, 2]; // colour that they are of
      (await floats(slope)).forEach((v, i) => {
        const of = owner[i >> 1];
        if (of >= known) expect(Math.abs(v), `number ${i}`).toBeLessThan(1e-6);
        else expect(Math.abs(v), `number ${i}`).toBeGreaterThan(1e-5);
      });
    },
  );

  test('the blind spot: the PixelCNN has one, the gated PixelCNN has none', async () => {
    const shape = [7, 7, 1];
    const centre = 3 * 7 + 3;
    const settings = { channels: 8, layers: 5, first: 3, batch: 1 } as const;
    const heardBy = async (model: Autoregressive) =>
      (await influence((x) => stirred(model, 1).numbers(x), shape, 1))[centre];
    const plain = await heardBy(
      pixelcnn(settle('pixelcnn', 'digits8', settings), shape, 1, rates(shape)),
    );
    const gated = await heardBy(
      gatedPixelcnn(settle('gated_pixelcnn', 'digits8', settings), shape, 1, 0),
    );
    const seen = (line: number[]) =>
      line.map((slope, j) => (slope > 0 ? j : -1)).filter((j) => j >= 0);
    // All filters are 3 wide, so one row up is one column to the right: beyond that is never seen.
    const inReach = (j: number) => (j % 7) - 3 <= 3 - Math.floor(j / 7);
    const before = Array.from({ length: centre }, (_, j) => j);
    expect(seen(plain)).toEqual(before.filter(inReach));
    expect(seen(gated)).toEqual(before);
    expect(before.length - before.filter(inReach).length).toBe(3); // the blind spot here
  });

  test.each(table)('%s: a pass is one submit and makes nothing', async (_, row) => {
    const model = row.make([3, 4, row.colours], row.white);
    const sampler = model.sampler(5);
    await sampler.draw();
    const counts = { submits: 0, made: 0 };
    const { device } = gpu;
    const count = <K extends string>(on: object, name: K, key: keyof typeof counts) => {
      const target = on as Record<string, (...args: unknown[]) => unknown>;
      const own = target[name].bind(on);
      target[name] = (...args) => {
        counts[key]++;
        return own(...args);
      };
      return () => Reflect.deleteProperty(target, name);
    };
    const undo = [
      count(device.queue, 'submit', 'submits'),
      ...['createBuffer', 'createBindGroup', 'createComputePipeline', 'createShaderModule'].map(
        (name) => count(device, name, 'made'),
      ),
    ];
    await sampler.draw();
    for (const restore of undo) restore();
    expect(counts).toEqual({ submits: 13, made: 0 }); // 12 pixels, and reading the images out
    sampler.dispose();
  });

  test('a low temperature draws the likeliest pixel', async () => {
    const shape = [2, 3, 1];
    const model = stirred(gatedPixelcnn(settle('gated_pixelcnn', 'digits8', small), shape, 1, 0));
    const sampler = model.sampler(50, { temperature: 1e-4 });
    const samples = await floats(await sampler.draw());
    const x = tensor(samples, [50, ...shape]);
    const logits = await floats(gpu.step(() => model.numbers(x))());
    samples.forEach((v, i) => {
      expect(v).toBe(+(logits[i] > 0));
    });
    sampler.dispose();
  });
});
