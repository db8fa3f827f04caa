import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, type Tensor, tensor } from '../engine/index.ts';
import { loadEmoji } from '../models/data/emoji.ts';
import { type Form, textOf } from '../models/data/form.ts';
import { openSource, type Source } from '../models/data/source.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

/** Examples of the row indices given, and their class names. */
async function examples(source: Source, part: 'draw' | 'drawTest', rows: number[]) {
  const n = rows.length;
  const step = gpu.step((r: Tensor) => {
    const classes = part === 'draw' ? source.drawClasses(r) : null;
    return { x: source[part](n, r), ...(classes && { classes }) };
  });
  const { x, classes } = step(tensor(Uint32Array.from(rows)));
  const values = await x.data();
  const size = values.length / n;
  const drawn = {
    dtype: x.dtype,
    shape: x.shape,
    rows: rows.map((_, i) => values.slice(i * size, (i + 1) * size)),
    classes: classes && Array.from(await classes.data(), (c) => source.classes[c]),
  };
  step.dispose();
  return drawn;
}

const texts = (source: Source, rows: ArrayLike<number>[]) =>
  rows.map((row) => textOf(source.form as Form & { kind: 'tokens' }, row));

describe('names', () => {
  test('are u32 tokens with their terminators, split by rule', async () => {
    const source = await openSource('names');
    expect([source.count, source.testCount, source.shape, source.white]).toEqual([
      7535,
      837,
      [12],
      26,
    ]);
    const train = await examples(source, 'draw', [0, 9, 7534]);
    expect(train.dtype).toBe('u32');
    expect([...train.rows[0]]).toEqual([1, 1, 18, 5, 14, 0, 0, 0, 0, 0, 0, 0]);
    expect(texts(source, train.rows)).toEqual(['aaren', 'abbot', 'zuzana']);
    const test = await examples(source, 'drawTest', [0]);
    expect(texts(source, test.rows)).toEqual(['abbie']);
  });
});

describe('text27', () => {
  test('training windows start anywhere, test windows cover the last tenth in order', async () => {
    const source = await openSource('text27', { length: 40 });
    const train = await examples(source, 'draw', [8, 9]);
    expect(train.shape).toEqual([2, 40]);
    expect(texts(source, train.rows)).toEqual([
      'loomings call me ishmael some years ago ',
      'oomings call me ishmael some years ago n',
    ]);
    const [whole] = source.series!.test;
    const last = source.testCount! - 1;
    expect(whole.length - 40 * (last + 1)).toBeLessThan(40);
    const test = await examples(source, 'drawTest', [0, 1, last]);
    [0, 1, last].forEach((row, i) => {
      expect([...test.rows[i]]).toEqual([...whole.subarray(40 * row, 40 * row + 40)]);
    });
    const [text] = texts(source, [whole.subarray(-31)]);
    expect(text).toBe('children only found another orphan'.slice(-31));
  });

  test('the last training row is a whole window', async () => {
    const source = await openSource('text27');
    const { rows } = await examples(source, 'draw', [source.count! - 1]);
    const [text] = source.series!.train;
    expect([...rows[0]]).toEqual([...text.subarray(-256)]);
  });

  test('a window longer than the text is refused', async () => {
    await expect(openSource('text27', { length: 2_000_000 })).rejects.toThrow(
      /data: text27: expected a length of at most 1035279, its train data, got 2000000/,
    );
  });
});

describe('emoji16', () => {
  test('are RGB images 0..1 with their categories', async () => {
    const source = await openSource('emoji16');
    const { train, test } = await loadEmoji();
    const drawn = await examples(source, 'draw', [0, 1476]);
    expect(drawn.shape).toEqual([2, 16, 16, 3]);
    expect(drawn.classes).toEqual(['Symbols', 'Symbols']);
    const held = await examples(source, 'drawTest', [163]);
    const levels = (row: ArrayLike<number>) => Array.from(row, (v) => Math.round(255 * v));
    expect(levels(drawn.rows[1])).toEqual([...train.values.subarray(-768)]);
    expect(levels(held.rows[0])).toEqual([...test.values.subarray(-768)]);
    expect(Math.max(...held.rows[0])).toBeCloseTo(1, 6); // GPUs divide to 2.5 ULP
  });
});

describe('drums8k', () => {
  test('windows run through the recordings in order', async () => {
    const source = await openSource('drums8k', { length: 100 });
    const [first, second] = source.series!.train;
    const { rows, dtype } = await examples(source, 'draw', [first.length - 50]);
    expect(dtype).toBe('u32');
    expect([...rows[0]]).toEqual([...first.subarray(-50), ...second.subarray(0, 50)]);
  });
});
