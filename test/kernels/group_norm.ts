import type { Case } from './case.ts';
import { folded, ramp, total } from './line.ts';

/** Sizes [batch, pixels, channels, groups]; one pixel and one group is layer norm. */
const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 1, 7, 1],
  [2, 5, 6, 3],
  [5, 3, 8, 2],
  [2, 1, 12, 1],
  [4, 2, 40, 2],
  [5, 2, 32, 1],
];
const eps = 1e-5;

const fits = (file: string, width: number): boolean =>
  width % (/wide/.test(file) ? 16 : /quads|subgroup/.test(file) ? 4 : 1) === 0;

function expected([B, P, C, G]: number[], x: Float32Array, a?: Float32Array, b?: Float32Array) {
  const width = C / G;
  const mean: number[] = [];
  const rstd: number[] = [];
  for (let e = 0; e < B * G; e++) {
    const part = Array.from({ length: P * width }, (_, i) => {
      const [q, c] = [Math.floor(i / width), (e % G) * width + (i % width)];
      return x[(Math.floor(e / G) * P + q) * C + c];
    });
    const m = total(part) / part.length;
    mean.push(m);
    rstd.push(1 / Math.sqrt(total(part.map((v) => (v - m) ** 2)) / part.length + eps));
  }
  const y = Array.from(x, (v, i) => {
    const c = i % C;
    const e = Math.floor(i / (P * C)) * G + Math.floor(c / width);
    return (v - mean[e]) * rstd[e] * (a?.[c] ?? 1) + (b?.[c] ?? 0);
  });
  return { y, mean, rstd };
}

export const cases: Case[] = shapes.flatMap((shape) =>
  [0, 1, 2, 3].map((affine): Case => {
    const [batch, pixels, channels, groups] = shape;
    const x = ramp(batch * pixels * channels).map((v) => 3 * v + 2);
    const scale = ramp(channels, 3);
    const shift = ramp(channels, 9);
    const stats = batch * groups;
    return {
      name: `of [${batch}, ${pixels}, ${channels}] in ${groups}, affine ${affine}`,
      params: { batch, pixels, channels, groups, eps, affine },
      buffers: {
        ...{ x, scale, shift, y: new Float32Array(x.length) },
        ...{ mean: new Float32Array(stats), rstd: new Float32Array(stats) },
      },
      overrides: { WIDTH: 4, SIZE: 4 },
      groups: (kernel, o) =>
        folded(/tree|subgroup/.test(kernel.file) ? stats : Math.ceil(stats / o.WIDTH)),
      applies: (kernel) => fits(kernel.file, channels / groups),
      expect: expected(shape, x, affine & 1 ? scale : undefined, affine & 2 ? shift : undefined),
      tolerance: channels === 1 ? 1e-6 : 4e-6,
    };
  }),
);
