import {
  add,
  currentGpu,
  div,
  mul,
  normal,
  sub,
  type Tensor,
  tensor,
} from '../../../engine/index.ts';
import { floats, joined } from '../../../models/chunks.ts';
import type { Training } from '../../../run/begin.ts';
import type { Levels } from './levels.ts';
import type { Denoised } from './questions.ts';

/** Images, and places of the levels of noise that are shown. */
const [COUNT, PLACES] = [8, [0.25, 0.5, 0.65, 0.8, 0.95]];

/** Test images with noise, and what Tweedie's formula makes of them by the score. */
export function denoisedAnswer({ source }: Training, levels: Levels) {
  const step = currentGpu().step((rows: Tensor, place: number, scale: number, std: number) => {
    const x = sub(mul(source.drawTest(rows.size, rows), 2), 1); // as the models see images
    const noisy = add(mul(x, scale), mul(normal(x.shape), std));
    const clean = div(add(noisy, mul(levels.score(noisy, place), std * std)), scale);
    const shown = (v: Tensor) => mul(add(v, 1), 0.5);
    return { noisy: shown(div(noisy, scale)), clean: shown(clean) };
  });
  const count = Math.min(COUNT, source.testCount as number);
  const rows = Uint32Array.from({ length: count }, (_, i) => i);
  return async (): Promise<Denoised> => {
    const ratios: number[] = [];
    const [noisy, denoised]: Float32Array[][] = [[], []];
    for (const place of PLACES) {
      const { scale, std } = await levels.at(place);
      step.runs = 0; // the same noise each time
      const found = step(tensor(rows), place, scale, std);
      noisy.push(await floats(found.noisy));
      denoised.push(await floats(found.clean));
      ratios.push(std / scale);
    }
    return { ratios, noisy: joined(noisy), denoised: joined(denoised) };
  };
}
