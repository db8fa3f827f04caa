import type { Case } from './case.ts';
import { folded, ramp } from './line.ts';

/** Sizes [batch, pixels, channels, groups]; one pixel and one group is layer norm. */
const shapes: [number, number, number, number][] = [
  [1, 1, 1, 1],
  [3, 1, 7, 1],
  [2, 5, 6, 3],
  [5, 3, 8, 2],
  [2, 1, 12, 1],
  [4, 2, 40, 2],
];

/** By the formula: sums per channel, their averages per group, the result. */
function expected(
  [B, P, C, G]: number[],
  v: Record<'x' | 'g' | 'mean' | 'rstd', Float32Array>,
  scale: (c: number) => number,
) {
  const width = C / G;
  const along = new Array(B * C).fill(0);
  const alone = new Array(B * C).fill(0);
  const unit = (i: number): number => {
    const e = Math.floor(i / (P * C)) * G + Math.floor((i % C) / width);
    return (v.x[i] - v.mean[e]) * v.rstd[e];
  };
  v.g.forEach((g, i) => {
    const at = Math.floor(i / (P * C)) * C + (i % C);
    alone[at] += g;
    along[at] += g * unit(i);
  });
  const average = (sums: number[], e: number): number => {
    let total = 0;
    for (let c = 0; c < width; c++) {
      const channel = (e % G) * width + c;
      total += scale(channel) * sums[Math.floor(e / G) * C + channel];
    }
    return total / (P * width);
  };
  const d = Array.from(v.g, (g, i) => {
    const e = Math.floor(i / (P * C)) * G + Math.floor((i % C) / width);
    return v.rstd[e] * (scale(i % C) * g - average(alone, e) - unit(i) * average(along, e));
  });
  return { d, along, alone };
}

export const cases: Case[] = shapes.flatMap((shape) =>
  [0, 1].map((affine): Case => {
    const [batch, pixels, channels, groups] = shape;
    const size = batch * pixels * channels;
    const [x, g, scale] = [ramp(size), ramp(size, 4), ramp(channels, 3)];
    const mean = ramp(batch * groups, 5);
    const rstd = ramp(batch * groups, 6).map((v) => 1 + v * v);
    const sums = new Float32Array(batch * channels);
    return {
      name: `of [${batch}, ${pixels}, ${channels}] in ${groups}, affine ${affine}`,
      params: { batch, pixels, channels, groups, affine },
      buffers: {
        ...{ x, g, scale, mean, rstd },
        ...{ d: new Float32Array(size), along: sums, alone: sums },
      },
      overrides: { WIDTH: 4, WX: 4, WY: 4, SIZE: 4 },
      groups: (kernel, o) =>
        folded(
          /tree|subgroup/.test(kernel.file)
            ? batch * groups
            : Math.ceil((batch * groups) / o.WIDTH),
        ),
      applies: (kernel) => !/quads|subgroup/.test(kernel.file) || (channels / groups) % 4 === 0,
      expect: expected(shape, { x, g, mean, rstd }, (c) => (affine ? scale[c] : 1)),
      tolerance: 4e-6,
    };
  }),
);
