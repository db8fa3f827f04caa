import type { LitElement } from 'lit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnergyPlane } from '../demo/insight/ebm/questions.ts';
import type { FlowPlane, Way } from '../demo/insight/flow/questions.ts';
import type { Dirac, GanPlane } from '../demo/insight/gan/questions.ts';
import { readField } from '../demo/insight/plane-canvas.ts';
import type { ScoreField, Ways } from '../demo/insight/score/questions.ts';
import type { StudioApp } from '../demo/studio-app.ts';
import { toys } from '../models/data/toys.ts';
import type { Reference } from '../models/references.ts';
import { openStudio, type Studio } from './studio.page.ts';

// The planes of the families: what their views ask and show, on small models after a few steps.

let studio: Studio;
let page: Studio['page'];
/** What the view of a family tells of its picture: it asks first, so that tests take no answers from it. */
let label = '';
/** A machine that is busy takes long to load a page and to compile its kernels, ms. */
const SLOW = 300_000;

beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
  await page.setViewport({ width: 1400, height: 900 }); // so that the controls cover nothing
});

afterAll(async () => {
  expect(studio.problems).toEqual([]);
  await studio.close();
});

const until = (condition: string) => studio.until(condition, SLOW);

/** Opens a run and trains it for some steps. */
async function train(hash: string, steps: number): Promise<void> {
  await studio.open(hash);
  await studio.train(steps);
}

/** What the worker answers, with its arrays as such. */
async function ask<T>(name: string, question: object): Promise<T> {
  const found = await page.evaluate(
    async (name, question) => {
      const app = document.querySelector('studio-app') as StudioApp;
      const answer = (await app.session?.ask<Record<string, unknown>>(name, question)) ?? {};
      return Object.entries(answer).map(
        ([key, value]) => [key, value instanceof Float32Array ? [...value] : value] as const,
      );
    },
    name,
    question as Record<string, unknown>,
  );
  const arrays = found.map(([key, value]) => {
    const numbers = Array.isArray(value) && typeof value[0] === 'number';
    return [key, numbers ? Float32Array.from(value) : value];
  });
  return Object.fromEntries(arrays) as T;
}

/** The label of the first canvas in an element that says something, when it does. */
async function labelIn(tag: string, pattern: RegExp): Promise<string> {
  const handle = await page.waitForSelector(`pierce/${tag}`);
  return (await handle?.evaluate(async (element, source) => {
    element.scrollIntoView();
    for (;;) {
      const roots = [(element as LitElement).renderRoot];
      for (const root of roots) {
        for (const inner of root?.querySelectorAll('*') ?? []) {
          const label = inner.matches('canvas') ? inner.getAttribute('aria-label') : null;
          if (label && new RegExp(source).test(label)) return label;
          const { renderRoot } = inner as LitElement;
          if (renderRoot) roots.push(renderRoot);
        }
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }, pattern.source)) as string;
}

const finite = (...arrays: Float32Array[]) => arrays.every((a) => a.every(Number.isFinite));

describe('a flow', () => {
  beforeAll(async () => {
    await train('#v1/realnvp/two_moons?layers=4&hidden=16&batch=64', 15);
    label = await labelIn('flow-view', /density/);
  }, SLOW);

  test('carries a grid whose cells grow as its log-determinants say', async () => {
    const { maps, places, logVolumes, lines, along } = await ask<Way>('way', { curve: 'circle' });
    expect(maps).toBe(4);
    expect(finite(places, logVolumes)).toBe(true);
    const n = places.length / 2 / (maps + 1);
    const last = places.subarray(2 * n * maps);
    const cell = (6 / (lines - 1)) * (6 / (along - 1));
    const errors: number[] = [];
    for (let i = 0; i + 1 < lines; i++) {
      for (let j = 0; j + 1 < along; j++) {
        const [a, b, c] = [i * along + j, i * along + j + 1, (i + 1) * along + j];
        const [ux, uy] = [last[2 * b] - last[2 * a], last[2 * b + 1] - last[2 * a + 1]];
        const [vx, vy] = [last[2 * c] - last[2 * a], last[2 * c + 1] - last[2 * a + 1]];
        const grown = Math.log(Math.abs(ux * vy - uy * vx) / cell);
        errors.push(Math.abs(grown - logVolumes[n * maps + a]));
      }
    }
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.05);
    expect(logVolumes.subarray(0, n).every((v) => v === 0)).toBe(true);
  });

  test('has a density that sums to one, and shows it', async () => {
    const side = 96;
    const { logDensity, logDet } = await ask<FlowPlane>('plane', { side });
    expect(finite(logDensity, logDet)).toBe(true);
    const mass = logDensity.reduce((sum, l) => sum + Math.exp(l), 0) * (6 / side) ** 2;
    expect(mass).toBeGreaterThan(0.9);
    expect(mass).toBeLessThan(1.01);
    expect(label).toMatch(/up to 0\.\d+; 9\d\.\d % of it/);
  });

  test('has its entropy as the floor of its loss, its formulas and its number', async () => {
    await until('s.references.length > 0');
    const references = (await page.evaluate(
      () => (document.querySelector('studio-app') as StudioApp).session?.references,
    )) as Reference[];
    expect(references).toEqual([
      { loss: 'loss', name: 'entropy of the data', value: toys.two_moons.entropy, kind: 'floor' },
    ]);
    const objective = await page.waitForSelector('pierce/objective-view');
    const text = await objective?.evaluate((e) => (e as LitElement).renderRoot.textContent);
    expect(text).toMatch(/loss\s+ℒ.*\d\.\d+\s+nats\/point/s);
    expect((await page.$$('pierce/math')).length).toBeGreaterThan(2);
  });
});

describe('an adversarial network', () => {
  beforeAll(async () => {
    await train('#v1/gan/eight_gaussians?hidden=16&batch=32', 30);
    label = await labelIn('gan-view', /critic/);
  }, SLOW);

  test('pulls samples up the slope of its critic', async () => {
    const { scores, fakes, pull } = await ask<GanPlane>('plane', { side: 256 });
    expect(finite(scores, fakes, pull)).toBe(true);
    const score = readField(scores, 3);
    let [right, counted] = [0, 0];
    for (let i = 0; i < pull.length; i += 2) {
      const [x, y, size] = [fakes[i], fakes[i + 1], Math.hypot(pull[i], pull[i + 1])];
      if (Math.max(Math.abs(x), Math.abs(y)) > 2.8 || size < 1e-4) continue;
      const [dx, dy] = [(0.1 * pull[i]) / size, (0.1 * pull[i + 1]) / size];
      counted++;
      if (score(x + dx, y + dy) > score(x - dx, y - dy)) right++;
    }
    expect(counted).toBeGreaterThan(50);
    expect(right / counted).toBeGreaterThan(0.95);
  });

  test('counts samples by mode, each at most once, and says how many modes it covers', async () => {
    const { hits, covered } = await ask<GanPlane>('plane', { side: 8 });
    const counts = Array.from(hits as ArrayLike<number>);
    const sum = counts.reduce((a, b) => a + b, 0);
    expect(counts.length).toBe(8);
    expect(sum).toBeLessThanOrEqual(2000);
    expect(covered).toBe(counts.filter((c) => c >= 50).length);
    expect(label).toMatch(/2000 samples and the data\. Scores from/);
  });

  test('in its smallest form circles, unless a penalty on the slope draws it in', async () => {
    const rates = { h: 0.2, gamma: 0.5, steps: 150 };
    const far = ({ path }: Dirac) => Math.hypot(path.at(-2) as number, path.at(-1) as number);
    const circling = await ask<Dirac>('dirac', { method: 'alternating', ...rates });
    const drawn = await ask<Dirac>('dirac', { method: 'zero_centred', ...rates });
    expect(circling.radius).toBeCloseTo(1, 10);
    expect(far(circling)).toBeGreaterThan(0.5);
    expect(drawn.radius).toBeLessThan(0.99);
    expect(far(drawn)).toBeLessThan(0.05);
  });
});

describe('an energy-based model', () => {
  const hash = '#v1/ebm/eight_gaussians?hidden=16&batch=32&langevin=3&draws=20&buffer=256';
  beforeAll(async () => {
    await train(hash, 10);
    await labelIn('ebm-view', /energy/);
  }, SLOW);

  test('has energies over the plane that agree with those of its training', async () => {
    const { energy, extent, buffer } = await ask<EnergyPlane>('plane', { side: 64 });
    expect(extent).toBe(4);
    expect(finite(energy, buffer as Float32Array)).toBe(true);
    expect(buffer?.length).toBe(512);
    const [trained, examples] = await page.evaluate(() => {
      const { session } = document.querySelector('studio-app') as StudioApp;
      return [session?.curve.raw[1].at(-1), [...(session?.opened?.examples ?? [])]] as const;
    });
    const read = readField(energy, extent);
    const values = examples.flatMap((x, i) => (i % 2 ? [] : [read(x, examples[i + 1])]));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const spread = Math.max(...energy) - Math.min(...energy);
    expect(Math.abs(mean - (trained as number)) / spread).toBeLessThan(0.1);
  });

  test('lets chains walk, which stay in its square', async () => {
    const { x } = await ask<{ x: Float32Array }>('walk', { x: null, count: 50 });
    const moved = await ask<{ x: Float32Array }>('walk', { x: [...x], count: 50 });
    expect(moved.x.length).toBe(100);
    expect(moved.x.every((v) => Math.abs(v) <= 4)).toBe(true);
    expect(moved.x.filter((v, i) => v !== x[i]).length).toBe(100);
  });

  test('shows them after as many moves as were asked for', async () => {
    const buttons = await page.$$('pierce/button');
    const texts = await Promise.all(buttons.map((b) => b.evaluate((e) => e.textContent?.trim())));
    const move = buttons[texts.indexOf('Move')];
    for (const moves of [0, 4]) {
      await move.click();
      expect(await labelIn('ebm-view', new RegExp(`300 chains after ${moves} moves`))).toBeTruthy();
    }
  });
});

describe('a score-based model', () => {
  beforeAll(async () => {
    await train('#v1/score_sde/eight_gaussians?hidden=16&layers=1&batch=32&passes=20', 15);
    label = await labelIn('score-view', /score/);
  }, SLOW);

  test('is shown beside the true score of noisy data', async () => {
    const { scale, std, at, exact, learned, error, meanError } = await ask<ScoreField>('field', {
      place: 0.5,
    });
    expect(finite(learned, error as Float32Array)).toBe(true);
    expect(meanError).toBeGreaterThan(0);
    const { centres } = toys.eight_gaussians.modes as { centres: Float64Array };
    const variance = (scale * 0.2) ** 2 + std ** 2;
    const logDensity = (x: number, y: number) => {
      let sum = 0;
      for (let k = 0; k < 16; k += 2) {
        const [dx, dy] = [x - scale * centres[k], y - scale * centres[k + 1]];
        sum += Math.exp(-(dx * dx + dy * dy) / (2 * variance));
      }
      return Math.log(sum);
    };
    for (const i of [0, 100, 300, 500]) {
      const [x, y, h] = [at[i], at[i + 1], 1e-4];
      const slope = (logDensity(x + h, y) - logDensity(x - h, y)) / (2 * h);
      expect((exact as Float32Array)[i]).toBeCloseTo(slope, 3);
    }
    expect(label).toMatch(/of the true one \d/);
  });

  test.each(['forward', 'heun', 'euler_maruyama'] as const)('follows ways: %s', async (by) => {
    const { frames, places } = await ask<Ways>('ways', { by, count: 100 });
    expect(frames).toBeGreaterThan(5);
    expect(places.length).toBe(frames * 200);
    expect(finite(places)).toBe(true);
    const ends = by === 'forward' ? places.subarray(-200) : places.subarray(0, 200);
    const spread = Math.sqrt(ends.reduce((sum, v) => sum + v * v, 0) / 200);
    expect(spread).toBeGreaterThan(0.7); // noise of deviation 1, which an early score hardly moves
    expect(spread).toBeLessThan(2);
  });
});

test('a preset that fails says why', async () => {
  await studio.goTo('index.html#v1/sngan/eight_gaussians?scale=1');
  const note = await page.waitForSelector('pierce/p.bad', { timeout: SLOW });
  expect(await note?.evaluate((e) => e.textContent)).toMatch(
    /Fails\.\s+The critic’s slope is at most 1/,
  );
});
