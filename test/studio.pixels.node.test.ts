import type { ElementHandle } from 'puppeteer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Complete } from '../demo/insight/completion-answers.ts';
import type { StudioApp } from '../demo/studio-app.ts';
import { openStudio, type Studio } from './studio.page.ts';

// The views of four families as a person uses them, and what their answers say.

const LONG_MS = 300_000; // a busy machine compiles and trains slowly

let studio: Studio;
let page: Studio['page'];

beforeAll(async () => {
  studio = await openStudio();
  page = studio.page;
});

afterAll(() => studio?.close());

const until = (condition: string) => studio.until(condition, LONG_MS);
const openRun = (hash: string) => studio.open(hash);

/** Presses a button of the page by its text, wherever it lies. */
const press = (text: string) =>
  page.evaluate((text) => {
    const all = (root: ParentNode): Element[] =>
      [...root.querySelectorAll('*')].flatMap((e) => [
        e,
        ...(e.shadowRoot ? all(e.shadowRoot) : []),
      ]);
    const found = all(document).find((e) => e.matches('button') && e.textContent?.trim() === text);
    (found as HTMLElement).click();
  }, text);

/** What the worker answers, arrays as plain ones, with the parts it told. */
const ask = <A, P = never>(name: string, question: unknown) =>
  page.evaluate(
    async (name, question) => {
      const { session } = document.querySelector('studio-app') as StudioApp;
      const plain = (value: unknown): unknown => {
        if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array);
        if (Array.isArray(value)) return value.map(plain);
        if (typeof value !== 'object' || value === null) return value;
        return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
      };
      const parts: unknown[] = [];
      const answer = await session?.ask(name, question, (part) => parts.push(plain(part)));
      return { answer: plain(answer), parts };
    },
    name,
    question,
  ) as Promise<{ answer: A; parts: P[] }>;

/** The text of the family's view, with that of its parts and the names of its pictures. */
const viewText = () =>
  page.evaluate(() => {
    const text = (node: Node): string => {
      if (node instanceof HTMLStyleElement) return '';
      if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? '';
      const label = node instanceof Element ? (node.getAttribute('aria-label') ?? '') : '';
      const inside = [...((node as Element).shadowRoot ?? node).childNodes].map(text).join(' ');
      return `${label} ${inside}`;
    };
    const app = document.querySelector('studio-app') as StudioApp;
    return text(app.renderRoot.querySelector('insight-frame') as Element)
      .replace(/\s+/g, ' ')
      .replace(/ ([,.:])/g, '$1');
  });

/** Waits until the family's view, brought on the screen, says something. */
async function says(what: RegExp): Promise<string> {
  await page.evaluate(() => {
    const app = document.querySelector('studio-app') as StudioApp;
    app.renderRoot.querySelector('insight-frame')?.scrollIntoView();
  });
  for (const start = Date.now(); Date.now() - start < LONG_MS / 2; ) {
    const text = await viewText();
    if (what.test(text)) return text;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`the view never said ${what}: ${await viewText()}`);
}

async function train(steps: number) {
  await page.keyboard.press('Space');
  await until(`s.curve?.steps.length >= ${steps}`);
  await page.keyboard.press('Space');
  await until(`s.phase === 'paused' || s.phase === 'done'`);
}

const finite = (values: number[]) => values.every(Number.isFinite);

describe('variational autoencoders', () => {
  interface Cloud {
    latent: number;
    z: number[];
    classes: number[];
    kl: number[];
    variance: number[];
    images: number[];
  }

  test(
    'what an encoded image is decoded to resembles it more than other images do',
    async () => {
      await openRun('#v1/vae/digits8?hidden=64&latent=4&batch=32&lr=0.01&steps=250');
      await train(250);
      const { answer: cloud } = await ask<Cloud>('cloud', {});
      expect(cloud.z).toHaveLength(4 * cloud.classes.length);
      expect(finite(cloud.z)).toBe(true);
      for (const nats of cloud.kl) expect(nats).toBeGreaterThanOrEqual(0);
      const { answer: decoded } = await ask<number[]>('decode', { z: cloud.z.slice(0, 4 * 12) });
      const apart = (i: number, j: number) =>
        decoded
          .slice(64 * i, 64 * (i + 1))
          .reduce((sum, v, p) => sum + (v - cloud.images[64 * j + p]) ** 2, 0);
      const order = Array.from({ length: 12 }, (_, i) => i);
      const nearest = order.filter((i) => order.every((j) => apart(i, i) <= apart(i, j)));
      expect(nearest.length).toBeGreaterThan(6);
      const { answer: way } = await ask<number[]>('between', {
        ...{ from: 0, to: 1, way: 'linear', steps: 3 },
      });
      const ends = [...way.slice(0, 64), ...way.slice(128)];
      for (const [p, v] of ends.entries()) expect(v).toBeCloseTo(decoded[p], 5);
    },
    LONG_MS,
  );

  test(
    'the plane decodes under its cursor, by keyboard too',
    async () => {
      await says(/Decoded from z\d = 0.00, z\d = 0.00, all others 0/);
      expect(await viewText()).toMatch(/of 4 are active/);
      const plane = await page.waitForSelector('pierce/latent-plane');
      await plane?.evaluate((e) => e.shadowRoot?.querySelector('canvas')?.focus());
      await page.keyboard.press('ArrowRight');
      const text = await says(/Decoded from z\d = 0\.1\d/);
      expect(text).toMatch(/Mean brightness 0\.\d\d/);
      expect(await page.evaluate(`document.querySelector('studio-app').session.phase`)).toBe(
        'done',
      );
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'the codes of a VQ-VAE are counted',
    async () => {
      await openRun('#v1/vqvae/digits8?channels=8&batch=16&steps=40&prior_steps=10');
      const text = await says(/codes are used by the test images; perplexity \d/);
      const [, used, codes] = /(\d+) of (\d+) codes are used/.exec(text) as RegExpExecArray;
      expect(Number(codes)).toBe(16);
      expect(Number(used)).toBeGreaterThanOrEqual(1);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );
});

describe('autoregressive models', () => {
  interface Drawn {
    place: number;
    value: number;
    probabilities: number[];
  }

  test.each([
    ['pixelcnn', '#v1/pixelcnn/digits8?channels=8&layers=1&first=3&batch=16'],
    ['made in any order', '#v1/made/digits8?hidden=64&batch=16&order=agnostic'],
  ])('a pixel hears those before it alone: %s', async (_, hash) => {
    await openRun(hash);
    const { parts } = await ask<null, Drawn[]>('draw', {
      ...{ given: [], seed: 1, temperature: 1, label: 0 },
    });
    const drawn = parts.flat();
    const order = drawn.map(({ place }) => place);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i));
    for (const { value, probabilities } of drawn) {
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(probabilities[value]).toBeGreaterThan(0);
    }
    const pixel = order[36];
    const { answer } = await ask<{ heat: number[] }>('field', { image: 0, pixel });
    const before = new Set(order.slice(0, 36));
    answer.heat.forEach((heat, at) => {
      if (!before.has(at)) expect(heat).toBe(0);
    });
    expect(Math.max(...answer.heat)).toBeGreaterThan(0);
  });

  test(
    'the receptive field of the pixelcnn is that of its filters, and is shown',
    async () => {
      await openRun('#v1/pixelcnn/digits8?channels=8&layers=1&first=3&batch=16');
      const { answer } = await ask<{ heat: number[] }>('field', { image: 0, pixel: 4 * 8 + 4 });
      // 3×3 of type A, then 3×3 of type B: at most two rows up and two columns aside
      answer.heat.forEach((heat, at) => {
        const far = Math.max(4 - Math.floor(at / 8), Math.abs((at % 8) - 4));
        if (far > 2) expect(heat).toBe(0);
      });
      await says(/The pixel in row 5, column 5 hears \d+ of 64 pixels/);
      await press('Draw');
      await says(/Drawn|It is [01]: p = 0\.\d+/);
      await says(/64 of 64: row 8, column 8/);
    },
    LONG_MS,
  );

  test(
    'completions keep what is known',
    async () => {
      const { answer } = await ask<{ images: number[]; any: boolean }>('completable', {});
      const image = Float32Array.from(answer.images.slice(0, 64));
      const known = Array.from({ length: 64 }, (_, i) => Number(i < 32));
      const question: Omit<Complete, 'image'> = { known, count: 3 };
      const { answer: drawn } = await ask<number[]>('complete', {
        ...{ ...question, image: [...image] },
      });
      expect(drawn).toHaveLength(3 * 64);
      drawn.forEach((v, i) => {
        if (known[i % 64]) expect(v).toBe(image[i % 64]);
      });
      await press('Complete');
      await says(/6 completions by the model/);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'pixels are erased and restored, by key and by drag',
    async () => {
      await says(/32 of 64 pixels erased/);
      const part = (await page.waitForSelector('pierce/completion-part')) as ElementHandle;
      /** Brings the board on the screen, with the focus; where its first pixel is, and how large. */
      const corner = () =>
        part.evaluate((e) => {
          const board = e.shadowRoot?.querySelector('pixel-board');
          const canvas = board?.shadowRoot?.querySelector('canvas') as HTMLCanvasElement;
          canvas.focus();
          canvas.scrollIntoView({ block: 'center' });
          const { x, y, width } = canvas.getBoundingClientRect();
          return { x, y, side: width / 8 };
        });
      await corner();
      await page.keyboard.press('Space');
      await says(/33 of 64 pixels erased/);
      await page.keyboard.press('Space');
      await says(/32 of 64 pixels erased/);
      const drag = async (first: number, last: number) => {
        const { x, y, side } = await corner();
        const to = (column: number) => page.mouse.move(x + (column + 0.5) * side, y + 1.5 * side);
        await to(first);
        await page.mouse.down();
        for (let column = first + 1; column <= last; column++) await to(column);
        await page.mouse.up();
      };
      await drag(1, 4);
      await says(/36 of 64 pixels erased/);
      await drag(2, 3);
      await says(/34 of 64 pixels erased/);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'texts: costs, the next symbol, and what it hears',
    async () => {
      await openRun('#v1/transformer/names?width=16&layers=1&heads=2&batch=16');
      const symbols = [1, 2, 3, 4, 5];
      const { answer: said } = await ask<number[]>('say', { symbols });
      expect(said.length % 27).toBe(0);
      for (let t = 0; t < 5; t++) {
        expect(said.slice(27 * t, 27 * (t + 1)).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }
      const { answer: field } = await ask<number[]>('field', { symbols, place: 3 });
      expect(field.slice(0, 3).every((v) => v > 0)).toBe(true);
      expect(field.slice(3).every((v) => v === 0)).toBe(true);
      const { parts } = await ask<null, Drawn[]>('draw', {
        ...{ given: [1, 2], seed: 1, temperature: 1, label: 0 },
      });
      expect(
        parts
          .flat()
          .slice(0, 2)
          .map(({ value }) => value),
      ).toEqual([1, 2]);
      await says(/−log p of each symbol, \d+\.\d\d nats in all/);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );
});

describe('diffusion', () => {
  interface Frame {
    t: number;
    signal: number;
    x: number[];
    x0: number[];
    error: number;
  }

  test(
    'data become noise, and noise goes back to t = 0',
    async () => {
      await openRun('#v1/ddpm/two_moons?hidden=16&layers=1&batch=32');
      const { answer: frames } = await ask<Frame[]>('forward', { seed: 0 });
      const signals = frames.map(({ signal }) => signal);
      expect(signals).toEqual(signals.toSorted((a, b) => b - a));
      expect(signals.at(-1)).toBeLessThan(0.01);
      for (const { x, x0, error } of frames) {
        expect(finite([...x, ...x0, error])).toBe(true);
        expect(error).toBeGreaterThan(0);
      }
      const question = { seed: 1, passes: 5, eta: 0, guidance: 0, label: -1 };
      const { parts } = await ask<null, Frame>('reverse', question);
      expect(parts).toHaveLength(6);
      expect(parts.map(({ t }) => t)).toEqual([99, 79, 59, 39, 19, -1]);
      expect(parts[5].x).toEqual(parts[5].x0);
      const again = await ask<null, Frame>('reverse', question);
      expect(again.parts[5].x).toEqual(parts[5].x);
      await says(/x_t: t = 5, 99 % data/);
      await press('Draw');
      await says(/no noise, 100 % data/);
      const { parts: quality } = await ask<null, { passes: number; metrics: object }>(
        'quality',
        [2, 5],
      );
      expect(quality.map(({ passes }) => passes)).toEqual([2, 5]);
      expect(finite(quality.flatMap(({ metrics }) => Object.values(metrics)))).toBe(true);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'guidance changes the samples of a class from the same noise',
    async () => {
      await openRun('#v1/ddpm/digits8?hidden=32&layers=1&batch=32&classes=yes&steps=60&lr=0.01');
      await train(60);
      const last = async (guidance: number) => {
        const question = { seed: 1, passes: 4, eta: 0, guidance, label: 3 };
        return (await ask<null, Frame>('reverse', question)).parts[4].x;
      };
      const [none, much] = [await last(0), await last(4)];
      expect(finite([...none, ...much])).toBe(true);
      expect(much).not.toEqual(none);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );
});

describe('discrete diffusion', () => {
  interface Moment {
    done: number;
    symbols: number[];
    mask: number;
  }

  test(
    'masks vanish one after the other; what was given stays',
    async () => {
      await openRun('#v1/mdlm/names?width=16&layers=1&heads=2&batch=16');
      const { parts } = await ask<null, Moment>('unmask', {
        ...{ pattern: 'a_n_', passes: 8, count: 3 },
      });
      expect(parts.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      const masked = parts.map(({ symbols, mask }) => symbols.filter((s) => s === mask).length);
      expect(masked).toEqual(masked.toSorted((a, b) => b - a));
      expect(masked.at(-1)).toBe(0);
      const length = parts[0].symbols.length / 3;
      for (const { symbols } of parts) {
        for (let row = 0; row < 3; row++) {
          expect([symbols[row * length], symbols[row * length + 2]]).toEqual([1, 14]);
        }
      }
      await says(/Draw samples to see which symbols come when/);
      await press('Draw');
      await says(/pass 64: 0 of \d+ masked/);
      expect(studio.problems).toEqual([]);
    },
    LONG_MS,
  );

  test(
    'says what is wrong with a pattern',
    async () => {
      const wrong = page.evaluate(async () => {
        const { session } = document.querySelector('studio-app') as StudioApp;
        const question = { pattern: 'a7', passes: 2, count: 1 };
        return session?.ask('unmask', question).catch((error: Error) => error.message);
      });
      expect(await wrong).toMatch(/'7' is none of/);
    },
    LONG_MS,
  );
});
