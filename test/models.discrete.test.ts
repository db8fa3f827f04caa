import { beforeAll, describe, expect, test } from 'vitest';
import { type Gpu, logSoftmax, mul, normal, seeded, type Tensor, tensor } from '../engine/index.ts';
import { settle } from '../models/catalog.ts';
import { total } from '../models/chunks.ts';
import { d3pm } from '../models/discrete/d3pm.ts';
import { type Denoiser, denoiserOf } from '../models/discrete/denoisers.ts';
import type { DiscreteDiffusion } from '../models/discrete/diffusion.ts';
import { maskedBound, mdlm } from '../models/discrete/mdlm.ts';
import { maskScoreEntropy } from '../models/discrete/ratios.ts';
import { sedd } from '../models/discrete/sedd.ts';
import { lists, logitsOf, meanBound, pair, small, softmax, strange, tiny } from './discrete.ts';
import { floats } from './numbers.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready(0);
});

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
      entropy: maskScoreEntropy(logSoftmax(logits), x, hidden, t),
    }))(tensor([0.1, 0.3, 0.5, 0.7, 0.9]));
    const [a, b] = [await floats(masked), await floats(entropy)];
    a.forEach((v, i) => {
      expect(Math.abs(v - b[i])).toBeLessThan(1e-5 * v);
    });
  });
});

async function expectMean(model: DiscreteDiffusion, x: number[], wanted: number) {
  const { mean, within } = await meanBound(model, x);
  expect(within).toBeLessThan(0.2 * wanted);
  expect(Math.abs(mean - wanted)).toBeLessThan(within);
}

const training = { steps: 200, batch: 256, lr: 0.01 };

test.each([
  ['d3pm', 0.08, (net: Denoiser) => d3pm(settle('d3pm', 'names', training), pair, net)],
  ['mdlm', 0.08, (net: Denoiser) => mdlm(settle('mdlm', 'names', training), pair, net)],
  ['sedd', 0.08, (net: Denoiser) => sedd(settle('sedd', 'names', training), pair, net)],
  [
    'sedd, uniform noise,',
    0.12, // the part before σ̄ = 1/1000 is left out, and the network does not know how ratios scale
    (net: Denoiser) => sedd(settle('sedd', 'names', { ...training, noise: 'uniform' }), pair, net),
  ],
])(
  '%s learns a law of nine states: what its bound implies sums to nearly one',
  async (_, most, make) => {
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
    expect(implied).toBeGreaterThan(1 - most);
    expect(kl).toBeGreaterThan(-0.01);
    expect(kl).toBeLessThan(most);
  },
);
