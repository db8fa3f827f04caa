import {
  currentGpu,
  grad,
  mul,
  normal,
  stopGradient,
  sub,
  type Tensor,
  tensor,
} from '../../../engine/index.ts';
import { floats, meanOf } from '../../../models/chunks.ts';
import { classesOf, examplesOf } from '../../../models/data/examples.ts';
import type { Form } from '../../../models/data/form.ts';
import type { Source } from '../../../models/data/source.ts';
import { type ToyName, toys } from '../../../models/data/toys.ts';
import type { Gan } from '../../../models/gan/adversarial.ts';
import {
  diracEigenvalues,
  type DiracMethod,
  diracMethods,
  diracPath,
  diracUpdate,
} from '../../../models/gan/dirac_gan.ts';
import { spreadOf } from '../../../models/metrics/modes.ts';
import { nearest } from '../../../models/metrics/neighbours.ts';
import { modeHits } from '../../../models/metrics/toys.ts';
import { planePoints } from '../../../models/plane.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import {
  type AskDirac,
  type AskPlane,
  type Dirac,
  DIRAC_EXTENT,
  type GanPlane,
  type Neighbours,
} from './questions.ts';

/** Samples of the plane, and those of them whose pull is told. */
const [POINTS, PULLED] = [2000, 240];
/** Images that are shown, and training images that they are compared with, at most. */
const [IMAGES, AMONG] = [16, 2000];
/** States each way whose update is told. */
const STATES = 15;

/** What the view of the adversarial networks asks. */
export function ganAnswers({ model, source }: Training): Answers {
  const gan = model as Gan;
  const points = source.form.kind === 'points';
  return {
    dirac,
    ...(points
      ? { plane: planeAnswer(gan, source) }
      : { neighbours: neighboursAnswer(gan, source) }),
  };
}

function planeAnswer(model: Gan, { name, form }: Source) {
  const { extent } = form as Form & { kind: 'points' };
  const step = currentGpu().step((grid: Tensor) => {
    const fakes = stopGradient(model.generate(normal([POINTS, model.noise]), 'trained'));
    const [slope] = grad(model.generatorLoss(fakes), [fakes]);
    return { scores: model.score(grid), fakes, pull: mul(slope, -POINTS) };
  });
  return async ({ side }: AskPlane): Promise<GanPlane> => {
    step.runs = 0; // the same noise each time
    const found = step(tensor(planePoints(extent, side), [side * side, 2]));
    const [scores, fakes, pull] = await Promise.all(
      [found.scores, found.fakes, found.pull].map(floats),
    );
    const mixture = toys[name as ToyName].modes !== undefined;
    const hits = mixture ? [...modeHits(name as ToyName, fakes)] : null;
    const covered = hits ? spreadOf(hits, POINTS).covered : 0;
    return { scores, fakes, pull: pull.subarray(0, 2 * PULLED), hits, covered };
  };
}

/** The Dirac-GAN from (1, 0) on, and what an update does all over the plane. */
async function dirac({ method: name, steps, ...rates }: AskDirac): Promise<Dirac> {
  const method: DiracMethod = diracMethods[name];
  const at = planePoints(DIRAC_EXTENT, STATES);
  const step = currentGpu().step((states: Tensor) =>
    sub(diracUpdate(method, states, rates), states),
  );
  const by = await floats(step(tensor(at, [STATES ** 2, 2])));
  step.dispose();
  const smooth = method.penalty !== 'one_centred';
  return {
    path: await diracPath(method, [1, 0], steps, rates),
    at,
    by,
    radius: smooth
      ? Math.max(...diracEigenvalues(method, rates).map(([re, im]) => Math.hypot(re, im)))
      : null,
  };
}

function neighboursAnswer(model: Gan, source: Source) {
  const sampler = model.sampler(IMAGES);
  const among = Math.min(AMONG, source.count as number);
  let training: Promise<Looked> | null = null;
  return async (): Promise<Neighbours> => {
    training ??= lookAt(source, among);
    const { images, classes, usual } = await training;
    const size = images.length / among;
    sampler.rewind();
    const samples = await floats(await sampler.draw());
    const { index, distance } = await nearest(samples, images, size);
    const found = [...index];
    return {
      samples,
      nearest: Float32Array.from(
        found.flatMap((i) => [...images.subarray(i * size, (i + 1) * size)]),
      ),
      distances: [...distance],
      classes: classes ? found.map((i) => source.classes[classes[i]]) : [],
      conditional: model.conditional,
      usual,
      among,
    };
  };
}

/** Training images, their classes, and how far each of some is from its nearest neighbour. */
interface Looked {
  images: Float32Array;
  classes: Uint32Array | null;
  usual: number;
}

async function lookAt(source: Source, among: number): Promise<Looked> {
  const images = await examplesOf(source, among, 'train');
  const some = Math.min(200, among >> 1) * (images.length / among);
  const apart = await nearest(
    images.subarray(0, some),
    images.subarray(some),
    images.length / among,
  );
  return {
    images,
    classes: source.classes.length ? await classesOf(source, among) : null,
    usual: meanOf(apart.distance),
  };
}
