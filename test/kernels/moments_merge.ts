import type { Case } from './case.ts';
import { folded, lineShapes, linesOf, ramp, total } from './line.ts';

export const cases: Case[] = lineShapes.map(([outer, n, inner]) => {
  const chunk = Math.ceil(n / 3);
  const chunks = Math.ceil(n / chunk);
  const x = ramp(outer * n * inner).map((v) => v + 7);
  const lines = linesOf(x, outer, n, inner);
  const mean = lines.map((v) => total(v) / n);
  const variance = lines.map((v, e) => total(v.map((a) => (a - mean[e]) ** 2)) / n);
  const means = new Float32Array(outer * chunks * inner);
  const variances = new Float32Array(means.length);
  means.forEach((_, e) => {
    const [o, c, i] = [Math.floor(e / inner / chunks), Math.floor(e / inner) % chunks, e % inner];
    const part = lines[o * inner + i].slice(c * chunk, (c + 1) * chunk);
    means[e] = total(part) / part.length;
    variances[e] = total(part.map((a) => (a - total(part) / part.length) ** 2)) / part.length;
  });
  const size = outer * inner;
  const [meanOut, varianceOut] = [new Float32Array(size), new Float32Array(size)];
  return {
    name: `of [${outer}, ${n}, ${inner}] by ${chunk}`,
    params: { outer, n, inner, chunk, chunks },
    buffers: { means, variances, mean: meanOut, variance: varianceOut },
    overrides: { WIDTH: 4 },
    groups: (_, o) => folded(Math.ceil(size / o.WIDTH)),
    expect: { mean, variance },
    tolerance: 4e-6,
  };
});
