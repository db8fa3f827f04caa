import { currentGpu, type Tensor, tensor, uniform, type Variable } from '../../../engine/index.ts';
import { floats, joined, meanOf } from '../../../models/chunks.ts';
import { type Ebm, SIDE } from '../../../models/energy/ebm.ts';
import type { EnergyModel } from '../../../models/energy/energy.ts';
import { planePoints } from '../../../models/plane.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import { completionAnswers } from '../completion-answers.ts';
import type { Walked } from '../walk.ts';
import type { AskChains, AskPlane, EnergyPlane, Frames } from './questions.ts';

/** Moves of the walkers in an answer, and chains of the buffer that are shown. */
const [MOVES, KEPT] = [4, 1500];
/** Chains of images, and frames of them. */
const [CHAINS, FRAMES] = [8, 10];

/** What the view of the energy-based models asks. */
export function ebmAnswers(training: Training): Answers {
  const { model, source } = training;
  if (source.form.kind === 'points') return pointAnswers(model as Ebm);
  return { ...completionAnswers(training), frames: framesAnswer(model as EnergyModel) };
}

function pointAnswers({ energy, negative }: Ebm): Answers {
  const gpu = currentGpu();
  const look = gpu.step((x: Tensor) => energy(x));
  const walk = gpu.step((from: Tensor) => {
    let x = from;
    for (let k = 0; k < MOVES; k++) x = negative.move(x);
    return x;
  });
  const begin = gpu.step((count: number) => uniform([count, 2]));
  const { buffer } = negative.variables as { buffer?: Variable };
  return {
    async plane({ side }: AskPlane): Promise<EnergyPlane> {
      const values = await floats(look(tensor(planePoints(SIDE, side), [side * side, 2])));
      const kept = buffer ? ((await buffer.data()) as Float32Array) : null;
      return { extent: SIDE, energy: values, buffer: kept?.slice(0, 2 * KEPT) ?? null };
    },
    async walk({ x, count }: AskChains): Promise<Walked> {
      if (!x) return { x: (await floats(begin(count))).map((u) => (2 * u - 1) * SIDE) };
      return { x: await floats(walk(tensor(Float32Array.from(x), [x.length / 2, 2]))) };
    },
  };
}

function framesAnswer(model: EnergyModel & Partial<Pick<Ebm, 'negative'>>) {
  const { negative } = model;
  const sampler = negative?.sampler(CHAINS, model.energy) ?? model.sampler(CHAINS); // from noise
  const energy = currentGpu().step((x: Tensor) => model.energy(x));
  return async (_: object, signal: AbortSignal): Promise<Frames> => {
    sampler.rewind();
    const every = Math.max(1, Math.floor(sampler.passes / FRAMES));
    const moves: number[] = [];
    const images: Float32Array[] = [];
    const energies: number[] = [];
    const seen = async (done: number, now: () => Tensor) => {
      moves.push(done);
      images.push(await floats(now()));
      energies.push(meanOf(await floats(energy(now()))));
    };
    await sampler.draw({ every, seen, signal });
    return { moves, images: joined(images), energies };
  };
}
