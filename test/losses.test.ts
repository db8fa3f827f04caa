import { beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import dmol from './fixtures/dmol.json';
import { ready } from './open.ts';

beforeAll(() => ready());

type Loss = (x: o.Tensor) => o.Tensor;

/** The loss at each x and its gradient there. */
async function at(xs: number[], loss: Loss) {
  const x = o.tensor(xs);
  const y = loss(x);
  const [g] = o.grad(o.sum(y), [x]);
  return { y: Array.from(await y.data()), g: Array.from(await g.data()) };
}

const close = (got: number[], want: number[], relative = 1e-6) =>
  got.forEach((v, i) => {
    expect(Math.abs(v - want[i]), `[${i}]: ${v}, want ${want[i]}`).toBeLessThanOrEqual(
      relative * Math.abs(want[i]) + 1e-38,
    );
  });

describe('extremes keep their digits', () => {
  const xs = [-200, -30, -1, 0, 1, 30, 200];

  test.each([0, 1])('bceWithLogits with target %d', async (target) => {
    const sign = target ? -1 : 1;
    const { y, g } = await at(xs, (x) => o.bceWithLogits(x, target));
    close(
      y,
      xs.map((x) => Math.max(sign * x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
    );
    close(
      g,
      xs.map((x) => sign / (1 + Math.exp(-sign * x))),
    );
  });

  test('klDiagonalGaussians of a distribution with itself is 0', async () => {
    const { y, g } = await at([-20, -1, 0, 3], (x) => o.klDiagonalGaussians(0.5, x, 0.5, x));
    expect(y.map(Math.abs)).toEqual([0, 0, 0, 0]);
    expect(g.map(Math.abs)).toEqual([0, 0, 0, 0]);
  });

  test('crossEntropy of a sure and of a missed class', async () => {
    const logits = o.tensor([0, 200, -200, 0, 200, -200], [2, 3]);
    const y = await o.crossEntropy(logits, o.tensor([1, 2], [2], 'u32')).data();
    expect(Array.from(y, Math.abs)).toEqual([0, 400]);
  });

  test('crossEntropy of a target that is no class is NaN', async () => {
    const y = o.crossEntropy(o.tensor([1, 2], [1, 2]), o.tensor([2], [1], 'u32'));
    expect(await y.item()).toBeNaN();
  });
});

describe('discretized logistic', () => {
  const level = (i: number) => (2 * i) / 255 - 1;

  test.each([-7, -3, 0, 4])('sums to 1 over all levels at log scale %d', async (logScale) => {
    const x = o.tensor(Array.from({ length: 256 }, (_, i) => level(i)));
    const y = await o.discretizedLogisticLogLikelihood(x, 0.3, logScale).data();
    const total = Array.from(y).reduce((sum, v) => sum + Math.exp(v), 0);
    expect(Math.abs(total - 1)).toBeLessThan(2e-5);
  });

  test('is exact where the difference of the distribution function would be 0', async () => {
    const { y, g } = await at([level(100), level(128)], (x) =>
      o.discretizedLogisticLogLikelihood(x, level(255), o.tensor([-5, -7])),
    );
    // Far below the mean the function is e^a: log(e^a - e^b) = a + log(1 - e^(b - a)).
    const want = [100, 128].map((i, k) => {
      const inverse = Math.exp([5, 7][k]);
      const a = (level(i) - 1 + 1 / 255) * inverse;
      return a + Math.log1p(-Math.exp((-2 / 255) * inverse));
    });
    close(y, want, 3e-6);
    close(g, [Math.exp(5), Math.exp(7)], 3e-6);
  });

  test('agrees with the reference of a mixture, and its gradients', async () => {
    const { inputs, outputs, grads } = dmol;
    const read = ({ data, shape }: { data: number[]; shape: number[] }) => o.tensor(data, shape);
    const xs = [inputs.logits, inputs.mu, inputs.ls].map(read);
    const pixel = o.reshape(o.sub(o.div(read(inputs.x), 127.5), 1), [5, 1]);
    const each = o.discretizedLogisticLogLikelihood(pixel, xs[1], xs[2]);
    const loglik = o.logSumExp(o.add(o.logSoftmax(xs[0]), each), -1);
    close(Array.from(await loglik.data()), outputs.loglik.data, 1e-5);
    const found = o.grad(o.neg(o.mean(loglik)), xs);
    for (const [i, want] of [grads.logits, grads.mu, grads.ls].entries()) {
      const got = Array.from(await found[i].data());
      const largest = Math.max(...want.data.map(Math.abs));
      got.forEach((v, k) => {
        expect(Math.abs(v - want.data[k])).toBeLessThan(1e-5 * largest);
      });
    }
  });
});
