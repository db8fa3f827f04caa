import { beforeAll, describe, expect, test } from 'vitest';
import {
  broadcastTo,
  type Gpu,
  logSoftmax,
  mul,
  normal,
  seeded,
  sub,
  type Tensor,
  tensor,
} from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { total } from '../models/chunks.ts';
import { d3pm } from '../models/discrete/d3pm.ts';
import { type Denoiser, denoiserOf } from '../models/discrete/denoisers.ts';
import { type DiscreteDiffusion, stratified } from '../models/discrete/diffusion.ts';
import { maskedBound, mdlm } from '../models/discrete/mdlm.ts';
import { scoreEntropy, sedd } from '../models/discrete/sedd.ts';
import type { Symbols } from '../models/discrete/symbols.ts';
import { type Noise, transitionsOf } from '../models/discrete/transitions.ts';
import { drawOnce } from '../models/sampler.ts';
import { calls } from './api.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

const same = (x: Tensor) => x;
const tiny = (count: number, length: number): Symbols => ({
  ...{ count, length, shape: [length] },
  ...{ read: same, write: same },
});

const training = { steps: 200, batch: 256, lr: 0.01 };
const small = { network: 'mlp', width: 32, layers: 1, heads: 1 } as const;

/** A network that nobody trained, whose logits differ by a few nats; always the same one. */
function strange(symbols: Symbols): Denoiser {
  const net = seeded(1, () => denoiserOf(small, symbols));
  return { ...net, logits: (x, t) => mul(net.logits(x, t), 6) };
}

/** All lists of `length` numbers 0 ... states − 1. */
const lists = (states: number, length: number): number[][] =>
  Array.from({ length: states ** length }, (_, k) =>
    Array.from({ length }, (_, d) => Math.floor(k / states ** d) % states),
  );

/** Logits of rows of symbols, all at the same time, in float64: [rows][D][V]. */
async function logitsOf(net: Denoiser, { count, length }: Symbols, rows: number[][], t: number) {
  const step = gpu.step((x: Tensor) => net.logits(x, broadcastTo(t, [rows.length])));
  const x = tensor(Uint32Array.from(rows.flat()), [rows.length, length]);
  const flat = Array.from(await floats(step(x)));
  step.dispose();
  return rows.map((_, r) =>
    Array.from({ length }, (_, d) => {
      const start = (r * length + d) * count;
      return flat.slice(start, start + count);
    }),
  );
}

const normalise = (weights: number[]) => weights.map((w) => w / total(weights));
const softmax = (logits: number[]) => normalise(logits.map((l) => Math.exp(l)));

describe('MDLM', () => {
  const symbols = tiny(3, 4);

  test('the bound is the mean over all orders of what an autoregressive model costs', async () => {
    const net = strange(symbols);
    const timeless: Denoiser = { ...net, logits: (x, t) => net.logits(x, mul(t, 0)) };
    const model = mdlm(settle('mdlm', 'names'), symbols, timeless);
    const masks = lists(2, 4); // 1 is hidden
    for (const x of [
      [0, 1, 2, 0],
      [2, 2, 1, 1],
    ]) {
      const seen = masks.map((mask) => mask.map((hidden, d) => (hidden ? 3 : x[d])));
      const logits = await logitsOf(timeless, symbols, seen, 0.5);
      const costs = logits.map((row) => row.map((l, d) => -Math.log(softmax(l)[x[d]])));
      const inOrder = (left: number[], mask: number): number =>
        left.length === 0
          ? 0
          : total(
              left.map(
                (d) =>
                  costs[mask][d] +
                  inOrder(
                    left.filter((other) => other !== d),
                    mask - 2 ** d,
                  ),
              ),
            ) / left.length;
      const wanted = inOrder([0, 1, 2, 3], 15);

      // A polynomial of degree 3 in t, which two points integrate.
      const points = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)];
      const rows = points.flatMap((t) => masks.map((mask, k) => ({ t, mask, logits: logits[k] })));
      const each = gpu.step((l: Tensor, y: Tensor, hidden: Tensor, t: Tensor) =>
        maskedBound(l, y, hidden, t),
      )(
        tensor(
          rows.flatMap((row) => row.logits.flat()),
          [32, 4, 3],
        ),
        tensor(Uint32Array.from(rows.flatMap(() => x)), [32, 4]),
        tensor(
          rows.flatMap((row) => row.mask),
          [32, 4],
        ),
        tensor(rows.map((row) => row.t)),
      );
      const values = await floats(each);
      const bound = rows.reduce((sum, { t, mask }, r) => {
        const hidden = total(mask);
        return sum + 0.5 * t ** hidden * (1 - t) ** (4 - hidden) * values[r];
      }, 0);
      expect(Math.abs(bound - wanted)).toBeLessThan(1e-5 * wanted);
      await expectMean(model, x, wanted);
    }
  });

  test('score entropy with normalised outputs is its bound', async () => {
    const logits = tensor(await floats(normal([5, 4, 3])), [5, 4, 3]);
    const x = tensor(
      Uint32Array.from({ length: 20 }, (_, i) => (i * 7) % 3),
      [5, 4],
    );
    const hidden = tensor(
      Float32Array.from({ length: 20 }, (_, i) => (i * 5) % 2),
      [5, 4],
    );
    const { masked, entropy } = gpu.step((t: Tensor) => ({
      masked: maskedBound(logits, x, hidden, t),
      entropy: scoreEntropy(logSoftmax(logits), x, hidden, t),
    }))(tensor([0.1, 0.3, 0.5, 0.7, 0.9]));
    const [a, b] = [await floats(masked), await floats(entropy)];
    a.forEach((v, i) => {
      expect(Math.abs(v - b[i])).toBeLessThan(1e-5 * v);
    });
  });
});

/** The mean of a model's bound of one example over noise and times, to five standard errors. */
async function meanBound(model: DiscreteDiffusion, x: number[], n = 16384) {
  const row = tensor(Uint32Array.from(x), [1, x.length]);
  const step = gpu.step(() => model.bound(broadcastTo(row, [n, x.length]), stratified(n)));
  const values = await floats(step());
  step.dispose();
  const mean = total(values) / n;
  const variance = total(values.map((v) => (v - mean) ** 2)) / n;
  return { mean, within: 5 * Math.sqrt(variance / n) + 1e-3 };
}

async function expectMean(model: DiscreteDiffusion, x: number[], wanted: number) {
  const { mean, within } = await meanBound(model, x);
  expect(within).toBeLessThan(0.2 * wanted);
  expect(Math.abs(mean - wanted)).toBeLessThan(within);
}

// Chains of three passes over two symbols of three values, whose law can be written down: where each state
// may go is found here from the logits, in float64, by the definitions.

const PASSES = 3;
const pair = tiny(3, 2);

interface Row {
  name: string;
  states: number;
  make(net: Denoiser): DiscreteDiffusion;
  /** Where it begins, for each symbol. */
  start: number[];
  /** The chances of what stands after pass i where `now` stands, of logits there. */
  move(logits: number[], now: number, i: number): number[];
  /** Whether the bound is that of this chain and not of one with endless passes. */
  own: boolean;
}

const masked = [0, 0, 0, 1];
const share = (i: number) => 1 / (PASSES - i); // (t − s) / t
const stay = (now: number, states: number) =>
  Array.from({ length: states }, (_, y) => Number(y === now));

function noisy(noise: Noise): Row {
  const { states, between, end } = transitionsOf(noise, 3, PASSES, {
    ...{ betaFirst: 0.1, betaLast: 2 },
  });
  return {
    name: `d3pm, ${noise}`,
    states,
    make: (net) =>
      d3pm(
        settle('d3pm', 'names', { noise, times: PASSES, passes: PASSES, betaLast: 2 }),
        pair,
        net,
      ),
    start: Array.from(end),
    move(logits, now, i) {
      if (states === 4 && now < 3) return stay(now, states);
      const t = PASSES - i;
      const [one, before] = [between(t - 1, t), between(0, t - 1)];
      const guess = softmax(logits);
      return normalise(
        Array.from({ length: states }, (_, y) =>
          total(guess.map((p, x) => p * before[x * states + y] * one[y * states + now])),
        ),
      );
    },
    own: true,
  };
}

const rows: Row[] = [
  noisy('uniform'),
  noisy('absorbing'),
  noisy('gaussian'),
  {
    name: 'mdlm',
    states: 4,
    make: (net) => mdlm(settle('mdlm', 'names', { passes: PASSES }), pair, net),
    start: masked,
    move(logits, now, i) {
      if (now < 3) return stay(now, 4);
      return [...softmax(logits).map((p) => share(i) * p), 1 - share(i)];
    },
    own: false,
  },
  {
    name: 'sedd, tweedie',
    states: 4,
    make: (net) => sedd(settle('sedd', 'names', { passes: PASSES }), pair, milder(net)),
    start: masked,
    move(logits, now, i) {
      if (now < 3) return stay(now, 4);
      const shown = logits.map((l) => share(i) * Math.exp(l));
      return normalise([...shown, i < PASSES - 1 ? Math.max(0, 1 - total(shown)) : 0]);
    },
    own: false,
  },
  {
    name: 'sedd, tau-leaping',
    states: 4,
    make: (net) =>
      sedd(settle('sedd', 'names', { passes: PASSES, sampler: 'tau' }), pair, milder(net)),
    start: masked,
    move(logits, now, i) {
      if (now < 3) return stay(now, 4);
      const rates = logits.map((l) => share(i) * Math.exp(l));
      const left = i < PASSES - 1 ? Math.exp(-total(rates)) : 0;
      const shown = normalise(rates).map((p) => p * (1 - Math.exp(-total(rates))));
      return normalise([...shown, left]);
    },
    own: false,
  },
];

/** Ratios whose sum is about one, as if somebody had trained them. */
const milder = (net: Denoiser): Denoiser => ({
  ...net,
  logits: (x, t) => sub(net.logits(x, t), 1.5),
});

/** The law of what a row's chain ends in, by state: [S²]. */
async function lawOf(row: Row, net: Denoiser, start: number[]): Promise<number[]> {
  const states = lists(row.states, 2);
  let law = start;
  for (let i = 0; i < PASSES; i++) {
    const logits = await logitsOf(net, pair, states, 1 - i / PASSES);
    const next = Array<number>(states.length).fill(0);
    states.forEach((state, k) => {
      if (law[k] === 0) return;
      const [a, b] = state.map((now, d) => row.move(logits[k][d], now, i));
      states.forEach(([y, z], to) => {
        next[to] += law[k] * a[y] * b[z];
      });
    });
    law = normalise(next);
  }
  return law;
}

describe.each(rows.map((row) => [row.name, row] as const))('%s', (name, row) => {
  const n = 16384;
  const network = () => {
    const net = strange(pair);
    return { net, model: row.make(net), heard: name.startsWith('sedd') ? milder(net) : net };
  };
  const independent = lists(row.states, 2).map(([a, b]) => row.start[a] * row.start[b]);

  async function expectLaw(
    law: number[],
    given: Uint32Array<ArrayBuffer> | null,
    model: DiscreteDiffusion,
  ) {
    const drawn = await drawOnce(model.sampler(n, { given }));
    const counts = Array<number>(law.length).fill(0);
    for (let k = 0; k < n; k++) counts[drawn[2 * k] + row.states * drawn[2 * k + 1]]++;
    law.forEach((p, state) => {
      const within = 5 * Math.sqrt((p * (1 - p)) / n) + 1e-4;
      expect(Math.abs(counts[state] / n - p), `state ${state}`).toBeLessThan(within);
    });
  }

  test('samples follow the law of the chain', async () => {
    const { model, heard } = network();
    const law = await lawOf(row, heard, independent);
    expect(Math.max(...law)).toBeGreaterThan(0.15); // far from uniform
    await expectLaw(law, null, model);
  });

  test('what is given stays, and the rest follows', async () => {
    const { model, heard } = network();
    const given = Uint32Array.from({ length: 2 * n }, (_, i) => (i % 2 ? 3 : 2));
    if (row.states === 4) {
      const start = lists(4, 2).map(([a, b]) => Number(a === 2 && b === 3));
      await expectLaw(await lawOf(row, heard, start), given, model);
    } else {
      const drawn = await drawOnce(model.sampler(n, { given }));
      expect(drawn.filter((_, i) => i % 2 === 0).every((v) => v === 2)).toBe(true);
      expect(new Set(drawn.filter((_, i) => i % 2 === 1))).toEqual(new Set([0, 1, 2]));
    }
  });

  test('the bound is above −log p, and what it implies sums to at most one', async () => {
    const { model, heard } = network();
    const law = row.own ? await lawOf(row, heard, independent) : null;
    let implied = 0;
    for (const [state, x] of lists(3, 2).entries()) {
      const { mean, within } = await meanBound(model, x, 8192);
      implied += Math.exp(-mean);
      if (!law) continue;
      const [a, b] = x;
      const cost = -Math.log(law[a + row.states * b]);
      expect(mean, `state ${state}`).toBeGreaterThan(cost - within);
    }
    expect(implied).toBeLessThan(1);
  });

  test('all passes run one plan, and make nothing', async () => {
    const { model } = network();
    const sampler = model.sampler(8);
    await sampler.prepare();
    expect(calls(() => void sampler.draw())).toMatchObject({ pipelines: 0, submits: PASSES + 1 });
    const again = calls(() => void sampler.draw());
    expect(again).toMatchObject({ buffers: 0, bindGroups: 0, pipelines: 0, submits: PASSES + 1 });
    await gpu.idle();
    sampler.dispose();
  });
});

test.each([
  ['d3pm', (net: Denoiser) => d3pm(settle('d3pm', 'names', training), pair, net)],
  ['mdlm', (net: Denoiser) => mdlm(settle('mdlm', 'names', training), pair, net)],
  ['sedd', (net: Denoiser) => sedd(settle('sedd', 'names', training), pair, net)],
])('%s learns a law of nine states: what its bound implies sums to nearly one', async (_, make) => {
  const law = [6, 1, 1, 0, 4, 0, 2, 1, 1]; // of 16
  const model = make(seeded(2, () => denoiserOf(small, pair)));
  const states = lists(3, 2);
  const data = states.flatMap((state, k) =>
    Array<number[]>(16 * law[k])
      .fill(state)
      .flat(),
  );
  const x = tensor(Uint32Array.from(data), [256, 2]);
  const step = gpu.step((i: number) => model.step(x, i));
  for (let i = 0; i < training.steps; i++) step(i);
  let [implied, kl] = [0, 0];
  for (const [k, state] of states.entries()) {
    const { mean } = await meanBound(model, state);
    implied += Math.exp(-mean);
    if (law[k] > 0) kl += (law[k] / 16) * (Math.log(law[k] / 16) + mean);
  }
  expect(implied).toBeLessThan(1.01);
  expect(implied).toBeGreaterThan(0.93);
  expect(kl).toBeGreaterThan(-0.01);
  expect(kl).toBeLessThan(0.08);
});
