import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, sub } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { total } from '../models/chunks.ts';
import { d3pm } from '../models/discrete/d3pm.ts';
import type { Denoiser } from '../models/discrete/denoisers.ts';
import type { DiscreteDiffusion } from '../models/discrete/diffusion.ts';
import { mdlm } from '../models/discrete/mdlm.ts';
import { sedd } from '../models/discrete/sedd.ts';
import { type Noise, transitionsOf } from '../models/discrete/transitions.ts';
import { drawOnce } from '../models/sampler.ts';
import { calls } from './api.ts';
import { lists, logitsOf, meanBound, normalise, pair, softmax, strange } from './discrete.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

// Chains of three passes over two symbols of three values, whose law can be written down: where each state
// may go is found here from the logits, in float64, by the definitions.

const PASSES = 3;

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

const drawnAnew: Row = {
  name: 'sedd, uniform noise, tweedie',
  states: 3,
  make: (net) =>
    sedd(settle('sedd', 'names', { passes: PASSES, noise: 'uniform' }), pair, milder(net)),
  start: [1 / 3, 1 / 3, 1 / 3],
  move(logits, now, i) {
    const change = changeOf(i);
    const ratios = logits.map((l, y) => (y === now ? 1 : Math.exp(l)));
    const sum = total(ratios);
    const anew = (1 - Math.exp(-change)) / 3;
    return normalise(
      ratios.map((s, y) => {
        const before = Math.exp(change) * s + ((1 - Math.exp(change)) / 3) * sum;
        return Math.max(0, before) * (anew + (y === now ? Math.exp(-change) : 0));
      }),
    );
  },
  own: false,
};
/** How far σ̄ goes back in a pass, from 20 at time 1 to 0.001 shortly after 0. */
const changeOf = (i: number) => {
  const sigmaBar = (left: number) => (left > 0 ? 20 * 2e4 ** (left / PASSES - 1) : 0);
  return sigmaBar(PASSES - i) - sigmaBar(PASSES - i - 1);
};
rows.push(drawnAnew, {
  ...drawnAnew,
  name: 'sedd, uniform noise, tau-leaping',
  make: (net) =>
    sedd(
      settle('sedd', 'names', { passes: PASSES, noise: 'uniform', sampler: 'tau' }),
      pair,
      milder(net),
    ),
  move(logits, now, i) {
    const rates = logits.map((l, y) => (y === now ? 0 : (changeOf(i) / 3) * Math.exp(l)));
    const left = Math.exp(-total(rates));
    return rates.map((rate, y) => (y === now ? left : ((1 - left) * rate) / total(rates)));
  },
});

/** Ratios whose sum is about one, as if somebody had trained them. */
const milder = (net: Denoiser, by = 1): Denoiser => ({
  ...net,
  logits: (x, t) => sub(net.logits(x, t), by),
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

/** What the ratios are made of: of masks two symbols' worth less than the network gives. */
function heardBy(name: string, net: Denoiser): Denoiser {
  if (!name.startsWith('sedd')) return net;
  return milder(net, name.includes('uniform') ? 1 : 1 + Math.log(2));
}

describe.each(rows.map((row) => [row.name, row] as const))('%s', (name, row) => {
  const n = 16384;
  const network = () => {
    const net = strange(pair);
    return { net, model: row.make(net), heard: heardBy(name, net) };
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
    expect(Math.max(...law)).toBeGreaterThan(0.13); // far from uniform
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
