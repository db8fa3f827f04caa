import { beforeAll, describe, expect, test } from 'vitest';
import {
  equal,
  type Gpu,
  grad,
  mul,
  namedVariables,
  square,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
  where,
} from '../engine/index.ts';
import { gru } from '../models/autoregressive/gru.ts';
import { choose } from '../models/autoregressive/sampling.ts';
import { type Alphabet, placeOf, type SequenceModel } from '../models/autoregressive/sequence.ts';
import { transformer } from '../models/autoregressive/transformer.ts';
import { wavenet } from '../models/autoregressive/wavenet.ts';
import { settle } from '../models/catalog.ts';
import { randomStream } from '../models/data/random.ts';
import { calls } from './api.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

type Make = (alphabet: Alphabet) => SequenceModel;
const models: [string, Make][] = [
  ['gru', (a) => gru({ ...settle('gru', 'names'), embedding: 5, hidden: 12, batch: 8 }, a)],
  [
    'transformer',
    (a) => transformer({ ...settle('transformer', 'names'), width: 16, heads: 2, batch: 8 }, a),
  ],
  [
    'wavenet',
    (a) =>
      wavenet(
        {
          ...settle('wavenet', 'speech8k'),
          channels: 8,
          skips: 12,
          layers: 3,
          blocks: 2,
          batch: 8,
          drawn: a.length,
        },
        a,
      ),
  ],
];

/** Random sequences [n, T]. */
function drawn(n: number, { symbols, length }: Alphabet): Tensor {
  const random = randomStream(4, 0);
  const all = Uint32Array.from({ length: n * length }, () =>
    Math.floor(symbols * random.uniform()),
  );
  return tensor(all, [n, length]);
}

describe.each(models)('%s', (_, make) => {
  const long: Alphabet = { symbols: 11, length: 21, ended: false };

  test('all sequences of a length together have probability one', async () => {
    const alphabet = { symbols: 3, length: 5, ended: false };
    const model = make(alphabet);
    const count = 3 ** 5;
    const every = Array.from({ length: count }, (_, i) =>
      Array.from({ length: 5 }, (_, t) => Math.floor(i / 3 ** t) % 3),
    );
    const step = gpu.step((x: Tensor) => sum(model.cost(x).nats, 1));
    const nats = await floats(step(tensor(Uint32Array.from(every.flat()), [count, 5])));
    expect(nats.reduce((total, n) => total + Math.exp(-n), 0)).toBeCloseTo(1, 5);
    expect(Math.max(...nats) - Math.min(...nats)).toBeGreaterThan(0.1); // not uniform
  });

  test('a model that knows nothing costs log2(levels) bits a symbol, exactly', async () => {
    const alphabet = { symbols: 16, length: 9, ended: false };
    const model = make(alphabet);
    for (const v of model.optimisers.optimiser.variables) v.write(new Float32Array(v.size));
    const step = gpu.step((x: Tensor) => model.cost(x).nats);
    for (const nats of await floats(step(drawn(3, alphabet)))) {
      expect(nats).toBe(Math.fround(Math.log(16)));
    }
  });

  test('no logit has a slope along its own symbol or a later one', async () => {
    const model = make(long);
    const order = Uint32Array.from({ length: 9 }, (_, i) => (7 * i) % 11); // each symbol once
    const table = namedVariables(model.variables).find(([name]) => /levels|table/.test(name))?.[1];
    const width = (table as Variable).shape[1];
    const step = gpu.step((x: Tensor, at: Tensor) => {
      const chosen = mul(model.logits(x), at);
      return grad(sum(square(chosen)), [table as Variable])[0];
    });
    for (let i = 0; i < 9; i++) {
      const at = tensor(
        Float32Array.from({ length: 9 }, (_, t) => +(t === i)),
        [1, 9, 1],
      );
      const slopes = await floats(step(tensor(order, [1, 9]), at));
      order.forEach((symbol, j) => {
        const row = slopes.subarray(symbol * width, (symbol + 1) * width);
        expect(
          row.some((v) => v !== 0),
          `logits ${i}, symbol ${j}`,
        ).toBe(j < i);
      });
    }
  });

  test('no logit moves with its own symbol or a later one', async () => {
    const model = make(long);
    const step = gpu.step((x: Tensor) => model.logits(x));
    const x = (await drawn(1, long).data()) as Uint32Array;
    const base = (await floats(step(tensor(x, [1, 21])))).slice();
    for (let j = 0; j < 21; j++) {
      const other = x.slice();
      other[j] = (x[j] + 1) % 11;
      const got = await floats(step(tensor(other, [1, 21])));
      const moved = Array.from({ length: 21 }, (_, i) =>
        got.subarray(11 * i, 11 * i + 11).some((v, k) => v !== base[11 * i + k]),
      );
      expect(moved.slice(0, j + 1), `symbol ${j} changed`).toEqual(Array(j + 1).fill(false));
      if (j < 20) expect(moved[j + 1], `logits after symbol ${j}`).toBe(true);
    }
  });

  test('symbol by symbol gives the logits of all at once, to 1e-5', async () => {
    const model = make(long);
    const n = 3;
    const x = drawn(n, long);
    const values = (await x.data()) as Uint32Array;
    const whole = await floats(gpu.step((x: Tensor) => model.logits(x))(tensor(values, [n, 21])));
    const reader = model.reader(n);
    const step = gpu.step((before: Tensor, at: number) => reader.next(before, at));
    let worst = 0;
    for (let t = 0; t < 21; t++) {
      const before = Uint32Array.from({ length: n }, (_, i) => (t ? values[21 * i + t - 1] : 11));
      const got = await floats(step(tensor(before), t));
      got.forEach((v, k) => {
        const [i, symbol] = [Math.floor(k / 11), k % 11];
        worst = Math.max(worst, Math.abs(v - whole[(21 * i + t) * 11 + symbol]));
      });
    }
    expect(worst).toBeLessThan(1e-5);
    reader.dispose();
  });

  test('drawing again begins anew, and the same noise draws the same', async () => {
    const model = make(long);
    const sampler = model.sampler(4);
    const first = [...(await (await sampler.draw()).data())];
    const second = [...(await (await sampler.draw()).data())];
    sampler.rewind();
    const third = [...(await (await sampler.draw()).data())];
    expect(first).toHaveLength(4 * 21);
    expect(Math.max(...first)).toBeLessThan(11);
    expect(second).not.toEqual(first);
    expect(third).toEqual(first);
    sampler.dispose();
  });

  test('a draw begins with its prompt and goes on differently', async () => {
    const model = make(long);
    const sampler = model.sampler(5, { prompt: [3, 1, 4, 1] });
    const got = [...(await (await sampler.draw()).data())];
    const rows = Array.from({ length: 5 }, (_, i) => got.slice(21 * i, 21 * i + 21));
    for (const row of rows) expect(row.slice(0, 4)).toEqual([3, 1, 4, 1]);
    expect(new Set(rows.map(String)).size).toBe(5);
    sampler.dispose();
  });

  test('after the end there is only the end', async () => {
    const model = make({ symbols: 3, length: 12, ended: true });
    const sampler = model.sampler(64);
    const got = [...(await (await sampler.draw()).data())];
    const texts = Array.from({ length: 64 }, (_, i) => got.slice(12 * i, 12 * i + 12).join(''));
    for (const text of texts) expect(text).toMatch(/^[12]*0*$/);
    expect(texts.some((text) => text.includes('0'))).toBe(true);
    expect(texts.some((text) => /[12]/.test(text))).toBe(true);
    sampler.dispose();
  });

  test('from its second pass on, a draw makes nothing and each pass is one submit', async () => {
    const model = make(long);
    const reader = model.reader(2);
    const kept = variable(null, [2], { dtype: 'u32' });
    const at = gpu.step((t: number) => {
      const logits = reader.next(where(equal(placeOf(t), 0), 11, kept), t);
      kept.assign(choose(logits, { temperature: 0.8, topK: 6, topP: 0.9 }));
    });
    at(0);
    const steady = { buffers: 0, bindGroups: 0, pipelines: 0, modules: 0, submits: 1 };
    for (let t = 1; t < 5; t++) expect(calls(() => at(t))).toMatchObject(steady);
    await gpu.idle();
    reader.dispose();
    kept.dispose();
  });

  test('frees what it made', () => {
    const model = make(long);
    const before = gpu.memory().live;
    const sampler = model.sampler(2);
    expect(gpu.memory().live).toBeGreaterThan(before);
    sampler.dispose();
    expect(gpu.memory().live).toBe(before);
  });
});
