import type { Gallery } from '../models/model.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, logSoftmax, type Tensor, tensor, type Variable } from '../engine/index.ts';
import { annealedImportance } from '../models/energy/ais.ts';
import type { Jem } from '../models/energy/jem.ts';
import { enumerated, machineAnnealing } from '../models/energy/partition.ts';
import type { Rbm } from '../models/energy/rbm.ts';
import { study } from '../models/index.ts';
import type { Studied } from '../models/study.ts';
import { completions } from '../models/uses/completion.ts';
import { compareWith } from '../models/uses/outliers.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

/** Small networks and short chains. */
const short = { hidden: 8, batch: 32, langevin: 4, buffer: 256, draws: 5, lr: 3e-3, steps: 80 };
const settings = {
  rbm: { lr: 0.2, steps: 200, gibbs: 20 },
  ebm: short,
  jem: short,
} as const;
const models = new Map<string, Promise<Studied>>();

/** A model of digits after a few steps of training, the same one each time. */
function trained(name: keyof typeof settings): Promise<Studied> {
  const known = models.get(name) ?? train(name);
  models.set(name, known);
  return known;
}

async function train(name: keyof typeof settings): Promise<Studied> {
  const studied = await study(name, 'digits8', settings[name]);
  const { model, source } = studied;
  const step = gpu.step((rows: Tensor, i: number) =>
    model.step(source.draw(model.rows, rows), i, source.drawClasses(rows)),
  );
  const n = model.rows;
  for (let i = 0; i < settings[name].steps; i++) {
    step(tensor(Uint32Array.from({ length: n }, (_, k) => (97 * (n * i + k)) % 1438)), i);
  }
  step.dispose();
  return studied;
}

test('AIS is within 0.1 nats of the exact Z of an RBM with 16 hidden units', async () => {
  const { weights, base } = (await trained('rbm')).model as Rbm;
  const exact = await enumerated(weights);
  const path = machineAnnealing({ weights, base }, 100);
  expect(exact - path.logZ).toBeGreaterThan(1); // there is somewhere to go
  const { logZ, error } = await annealedImportance(path, 400);
  expect(Math.abs(logZ - exact)).toBeLessThan(0.1);
  expect(error).toBeLessThan(0.05);
});

describe.each(['rbm', 'ebm', 'jem'] as const)('%s after a few steps', (name) => {
  test('finds digits with shuffled pixels high in energy', async () => {
    const compared = await compareWith(await trained(name), 'shuffled', 359);
    const { unit, test, other, auroc } = compared;
    expect([unit, test.length, other.length]).toEqual(['nats', 359, 359]);
    expect(auroc).toBeGreaterThan(0.95);
  });

  test('completes any part of an image, of which what is given stays', async () => {
    const { model, source } = await trained(name);
    const views = completions(model);
    expect(Object.keys(views)).toEqual(['given-top', 'given-left', 'given-some']);
    const { images, columns } = await views['given-left'](source);
    const image = (row: number, column: number) =>
      Array.from(images.subarray(64 * (row * columns + column), 64 * (row * columns + column + 1)));
    for (let row = 0; row < 8; row++) {
      const [original, ...rest] = Array.from({ length: columns }, (_, c) => image(row, c));
      for (const drawn of rest) {
        expect(drawn.filter((_, at) => at % 8 < 4)).toEqual(original.filter((_, at) => at % 8 < 4));
      }
      expect(new Set(rest.slice(1).map((drawn) => drawn.join())).size).toBe(6);
    }
    expect(Math.min(...images)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...images)).toBeLessThanOrEqual(1);
  });
});

test('JEM: log p(x, y) + log Z = f(x)[y] = −E(x) + log p(y|x), and it has learnt the classes', async () => {
  const { model, source } = await trained('jem');
  const { energy, logits } = model as Jem;
  const step = gpu.step((rows: Tensor) => {
    const x = source.drawTest(rows.size, rows);
    const f = logits(x);
    return { f, e: energy(x), log: logSoftmax(f), y: source.drawTestClasses(rows) as Tensor };
  });
  const found = step(tensor(Uint32Array.from({ length: 359 }, (_, i) => i)));
  const [f, e, log, y] = await Promise.all([found.f, found.e, found.log, found.y].map(floats));
  let right = 0;
  for (let i = 0; i < 359; i++) {
    const row = f.subarray(10 * i, 10 * i + 10);
    for (let c = 0; c < 10; c++) {
      expect(Math.abs(row[c] - (log[10 * i + c] - e[i]))).toBeLessThan(1e-5 * (1 + Math.abs(e[i])));
    }
    right += Number(row.indexOf(Math.max(...row)) === y[i]);
  }
  expect(right / 359).toBeGreaterThan(0.5);
  const shown = await (model.views as Required<typeof model>['views']).classes(source);
  const { images, columns } = shown as Gallery;
  expect([images.length / 64, columns]).toEqual([80, 8]);
});

test('a step moves one chain of each group of the replay buffer a little, and no other', async () => {
  const still = { ...short, buffer: 96, reinit: 0, eps: 1e-6, deviation: 1e-3 };
  const { model, source } = await study('ebm', 'digits8', still);
  const { buffer } = model.variables as unknown as Record<string, Variable>;
  const step = gpu.step((rows: Tensor) => model.step(source.draw(32, rows), 0));
  const rows = Uint32Array.from({ length: 32 }, (_, i) => i);
  for (let run = 0; run < 3; run++) {
    const before = (await buffer.data()).slice();
    step(tensor(rows));
    const away = (await buffer.data()).map((v, i) => Math.abs(v - before[i]));
    const moved = Array.from({ length: 96 }, (_, chain) =>
      away.subarray(64 * chain, 64 * chain + 64).some((d) => d > 0),
    );
    // Four moves with noise of 0.001 stay within 0.02 of where they began.
    expect(Math.max(...away)).toBeLessThan(0.02);
    for (let group = 0; group < 32; group++) {
      expect(moved.slice(3 * group, 3 * group + 3).filter(Boolean).length).toBe(1);
    }
  }
});
