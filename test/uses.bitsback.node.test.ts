import { describe, expect, test } from 'vitest';
import { randomStream } from '../models/data/random.ts';
import { type BitsBack, popImages, pushImages } from '../models/uses/bits_back.ts';
import { packLengths, packWhole, takeLengths, wholes } from '../models/uses/lengths.ts';
import { normalCdf, normalQuantile } from '../models/uses/normal.ts';

/** A model of `size` bits and two dimensions of z; `sharp` makes q(z|x) narrow and far out. */
function model(lanes: number, size: number, sharp: boolean): BitsBack {
  const latent = 2;
  return {
    lanes,
    latent,
    size,
    async posterior(x) {
      return Float32Array.from({ length: lanes * 2 * latent }, (_, i) => {
        const [lane, what, d] = [Math.floor(i / 4), Math.floor(i / 2) % 2, i % 2];
        if (what === 1) return sharp ? -14 : -1;
        const ones = x.subarray(lane * size, (lane + 1) * size).reduce((a, b) => a + b, 0);
        return (sharp ? 9 : 1.5) * (d ? 1 : -1) * (ones / size - 0.5);
      });
    },
    async likelihood(z) {
      return Float32Array.from({ length: lanes * size * 2 }, (_, i) => {
        const [lane, one] = [Math.floor(i / 2 / size), i % 2];
        const p = 1 / (1 + Math.exp(z[lane * latent] - z[lane * latent + 1]));
        return one ? p : 1 - p;
      });
    },
  };
}

const bitsOf = (count: number, bias: number) => {
  const { uniform } = randomStream(3, count);
  return Uint8Array.from({ length: count }, () => Number(uniform() < bias));
};

describe('bits-back coding of any posterior', () => {
  test.each([
    [1, 5, false],
    [3, 7, false],
    [50, 7, false],
    [1, 40, true],
    [4, 41, true],
  ])('%d at a time, %d images, sharp %s: comes back', async (lanes, count, sharp) => {
    const size = 20;
    const images = bitsOf(count * size, 0.3);
    const { bytes, net } = await pushImages(model(lanes, size, sharp), images);
    expect(await popImages(model(lanes, size, sharp), bytes, count)).toEqual(images);
    expect(8 * bytes.length - net).toBeLessThan(8 * (8 + 4 * lanes * 2) + 32);
  });

  test('the net length is −L: here log q, log p(x|z) and log p(z) are known', async () => {
    const [size, count] = [20, 4000];
    const images = bitsOf(count * size, 0.3);
    const { net } = await pushImages(model(1, size, false), images);
    const { normal } = randomStream(5, 0);
    let nats = 0;
    for (let i = 0; i < count; i++) {
      const ones = images.subarray(i * size, (i + 1) * size).reduce((a, b) => a + b, 0);
      const mean = 1.5 * (ones / size - 0.5);
      const sigma = Math.exp(-0.5);
      const eps = [normal(), normal()];
      const z = [sigma * eps[0] - mean, sigma * eps[1] + mean];
      const p = 1 / (1 + Math.exp(z[0] - z[1]));
      nats -= ones * Math.log(p) + (size - ones) * Math.log(1 - p);
      nats += z.reduce((kl, v, d) => kl + (v * v - eps[d] * eps[d]) / 2 - Math.log(sigma), 0);
    }
    expect(Math.abs(net / (nats / Math.LN2) - 1)).toBeLessThan(0.01); // of 4000 draws each
  });
});

describe('Φ', () => {
  // Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.1.
  test.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3.5, 0.999767370920964],
    [-4, 3.16712418331e-5],
    [-5, 2.866515719e-7],
  ])('of %d', (x, p) => {
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-10);
    expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 8);
  });

  test('grows everywhere, also where the formula changes', () => {
    let before = 0;
    for (let x = -9; x <= 9; x += 1 / 512) {
      const now = normalCdf(x);
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    expect([normalCdf(-Infinity), normalCdf(Infinity)]).toEqual([0, 1]);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  });
});

test('lengths come back from their runs', () => {
  for (const lengths of [[], [3], [256, 256, 256, 17], [1, 2, 1], Array(5000).fill(12)]) {
    const head = wholes(Uint8Array.from([...packLengths(lengths), 99]));
    expect(takeLengths(head.next)).toEqual(lengths);
    expect([...head.rest()]).toEqual([99]);
  }
  for (const value of [0, 127, 128, 16_384, 2 ** 31 + 5]) {
    expect(wholes(Uint8Array.from(packWhole(value))).next()).toBe(value);
  }
});
