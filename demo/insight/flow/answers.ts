import {
  add,
  broadcastTo,
  currentGpu,
  div,
  mul,
  type Tensor,
  tensor,
} from '../../../engine/index.ts';
import { floats, joined } from '../../../models/chunks.ts';
import { examplesOf } from '../../../models/data/examples.ts';
import type { Form } from '../../../models/data/form.ts';
import { randomStream } from '../../../models/data/random.ts';
import type { Source } from '../../../models/data/source.ts';
import { brightness } from '../../../models/flow/dequantise.ts';
import type { Flow, ImageFlow } from '../../../models/flow/likelihood.ts';
import { type Mapped, stepsOf } from '../../../models/flow/transform.ts';
import { planePoints } from '../../../models/plane.ts';
import { interpolate } from '../../../models/vae/views.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import {
  type AskPlane,
  type AskWay,
  type Between,
  type FlowPlane,
  REACH,
  type Temperatures,
  type Way,
} from './questions.ts';

/** What is carried: lines of a grid each way with so many points, points of a curve, and samples. */
const [LINES, ALONG, CURVE, SAMPLES] = [19, 49, 160, 1200];
/** Test images that can be the ends of a way. */
const SHOWN = 12;

/** What the view of the flows asks. */
export function flowAnswers({ model, source, run }: Training): Answers {
  if (source.form.kind === 'points') return pointAnswers(model as Flow, source);
  return run.model === 'maf' ? {} : imageAnswers(model as ImageFlow, source);
}

function pointAnswers(model: Flow, { form }: Source): Answers {
  const { extent } = form as Form & { kind: 'points' };
  const gpu = currentGpu();
  const maps = stepsOf(model).toReversed();
  const carry = gpu.step((z: Tensor) => {
    const stages: Mapped[] = [[z, broadcastTo(0, [z.shape[0]])]];
    for (const map of maps) {
      const [x, logVolume] = stages[stages.length - 1];
      const [y, log] = map.inverse(x);
      stages.push([y, add(logVolume, log)]);
    }
    return { places: stages.map(([x]) => x), logVolumes: stages.map(([, log]) => log) };
  });
  const look = gpu.step((x: Tensor) => {
    const [, logDet] = model.forward(x);
    return { logDensity: model.logDensity(x), logDet: broadcastTo(logDet, [x.shape[0]]) };
  });
  return {
    async way({ curve }: AskWay): Promise<Way> {
      const noise = carried(curve);
      const found = carry(tensor(noise, [noise.length / 2, 2]));
      const [places, logVolumes] = await Promise.all(
        [found.places, found.logVolumes].map(async (all) =>
          joined(await Promise.all(all.map(floats))),
        ),
      );
      return { maps: maps.length, places, logVolumes, lines: LINES, along: ALONG, curve: CURVE };
    },
    async plane({ side }: AskPlane): Promise<FlowPlane> {
      const found = look(tensor(planePoints(extent, side), [side * side, 2]));
      const [logDensity, logDet] = await Promise.all([found.logDensity, found.logDet].map(floats));
      return { logDensity, logDet };
    },
  };
}

/** The grid, the curve and samples, all of the noise. */
function carried(curve: AskWay['curve']): Float32Array<ArrayBuffer> {
  const share = (i: number, n: number) => (2 * i) / (n - 1) - 1;
  const line = (across: boolean) =>
    Array.from({ length: LINES * ALONG }, (_, k) => {
      const fixed = share(Math.floor(k / ALONG), LINES) * REACH;
      const free = share(k % ALONG, ALONG) * REACH;
      return across ? [free, fixed] : [fixed, free];
    });
  const ofCurve = Array.from({ length: CURVE }, (_, i) => {
    const turn = Math.PI * share(i, CURVE);
    return curve === 'circle' ? [Math.cos(turn), Math.sin(turn)] : [2 * share(i, CURVE), 0];
  });
  const { normal } = randomStream(0, 3);
  const samples = Array.from({ length: SAMPLES }, () => [normal(), normal()]);
  return Float32Array.from([...line(true), ...line(false), ...ofCurve, ...samples].flat());
}

function imageAnswers(model: ImageFlow, source: Source): Answers {
  const { white, shape } = source;
  const gpu = currentGpu();
  const encode = gpu.step((rows: Tensor) => {
    const levels = mul(source.drawTest(rows.size, rows), white);
    return model.forward(div(add(levels, 0.5), white + 1))[0]; // the middle of each level
  });
  const decode = gpu.step((z: Tensor) => brightness(model.inverse(z)[0], white));
  const draw = gpu.step((n: number, size: number) => model.prior.draw([n, size]));
  const size = shape.reduce((a, b) => a * b, 1);
  const images = async (z: Float32Array<ArrayBuffer>) =>
    floats(decode(tensor(z, [z.length / size, size])));
  return {
    tests: () => examplesOf(source, Math.min(SHOWN, source.testCount as number), 'test'),
    async between({ from, to, count }: Between): Promise<Float32Array> {
      const codes = await floats(encode(tensor(Uint32Array.of(from, to))));
      const ends = [codes.slice(0, size), codes.slice(size)] as const;
      return images(Float32Array.from(joined(interpolate(...ends, count, 'linear'))));
    },
    async temperatures({ values, count }: Temperatures): Promise<Float32Array> {
      draw.runs = 0; // the same noise each time
      const noise = await floats(draw(count, size));
      return images(Float32Array.from(values.flatMap((t) => [...noise.map((v) => t * v)])));
    },
  };
}
