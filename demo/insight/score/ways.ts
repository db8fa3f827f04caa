import type { Tensor } from '../../../engine/index.ts';
import { floats, joined } from '../../../models/chunks.ts';
import { randomStream } from '../../../models/data/random.ts';
import { samplePoints, type ToyName } from '../../../models/data/toys.ts';
import type { Sampler } from '../../../models/sampler.ts';
import type { Ncsn } from '../../../models/score/ncsn.ts';
import type { SdeModel } from '../../../models/score/sde.ts';
import type { Training } from '../../../run/begin.ts';
import type { Levels } from './levels.ts';
import type { AskWays, Ways } from './questions.ts';

/** Frames of a way, about. */
const FRAMES = 40;

/** Points on their way from noise to data by a sampler, or from data to noise by the process. */
export function waysAnswer({ model, source, run }: Training, levels: Levels) {
  const samplerOf = (by: AskWays['by'], count: number): Sampler => {
    if (run.model === 'score_sde' && by !== 'own' && by !== 'forward') {
      return (model as SdeModel).samplerBy(count, by);
    }
    return run.model === 'ncsn' ? (model as Ncsn).anneal(count) : model.sampler(count);
  };
  return async ({ by, count }: AskWays, signal: AbortSignal): Promise<Ways> => {
    if (by === 'forward') return forward(levels, source.name as ToyName, count);
    const sampler = samplerOf(by, count);
    const frames: Float32Array[] = [];
    try {
      const every = by === 'rk45' ? 2 : Math.max(1, Math.ceil(sampler.passes / FRAMES));
      const seen = async (_: number, now: () => Tensor) => {
        frames.push(await floats(now()));
      };
      frames.push(await floats(await sampler.draw({ every, seen, signal })));
    } finally {
      sampler.dispose();
    }
    return { frames: frames.length, places: joined(frames) };
  };
}

/**
 * Data on their way to noise, by the transitions of the linear process: x(t) given x(s) is
 * N(a x(s), std(t)² − a² std(s)²), a = scale(t) / scale(s).
 */
async function forward(levels: Levels, name: ToyName, count: number): Promise<Ways> {
  const { normal } = randomStream(0, 6);
  let before = { scale: 1, std: 0 };
  let x = Float32Array.from(samplePoints(name, count, randomStream(0, 7)));
  const frames = [x];
  for (let i = 0; i <= FRAMES; i++) {
    const after = await levels.at(1 - i / FRAMES);
    const kept = after.scale / before.scale;
    const fresh = Math.sqrt(Math.max(0, after.std ** 2 - (kept * before.std) ** 2));
    x = x.map((v) => kept * v + fresh * normal());
    frames.push(x);
    before = after;
  }
  return { frames: frames.length, places: joined(frames) };
}
