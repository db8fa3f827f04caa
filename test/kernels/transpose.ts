import type { Case } from './case.ts';
import { ramp } from './line.ts';

/** Matrices [na, nb] of nc × nr, stored with `gap` more elements in every line of x. */
function turned(na: number, nb: number, nr: number, nc: number, gap = 0, start = 0): Case {
  const xc = nr + gap;
  const [xb, yb] = [nc * xc, nr * nc];
  const params = {
    ...{ na, nb, nr, nc, start, xa: nb * xb, xb, xc },
    ...{ ya: nb * yb, yb, yr: nc },
  };
  const x = Float32Array.from(ramp(start + na * nb * xb));
  const y = Array.from({ length: na * nb * yb }, (_, e) => {
    const [c, r] = [e % nc, Math.floor(e / nc) % nr];
    return x[start + Math.floor(e / yb) * xb + c * xc + r];
  });
  return {
    name: `${na} × ${nb} of [${nc}, ${nr}]${gap ? `, lines of ${xc} from ${start}` : ''}`,
    params,
    buffers: { x },
    overrides: { WIDTH: 4, SIDE: 4, DEEP: 2 },
    groups: (kernel) => {
      const tiles = na * nb * Math.ceil(nr / 4) * Math.ceil(nc / 4);
      const groups = kernel.file.includes('naive') ? Math.ceil(y.length / 4) : tiles;
      return groups > 3 ? [3, Math.ceil(groups / 3), 1] : [groups, 1, 1];
    },
    expect: { y },
  };
}

export const cases: Case[] = [
  turned(1, 1, 1, 1),
  turned(1, 1, 4, 4),
  turned(1, 1, 3, 7),
  turned(1, 1, 9, 5),
  turned(2, 3, 5, 2),
  turned(2, 1, 4, 6, 3, 2),
];
