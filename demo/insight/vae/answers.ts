import { currentGpu, type Tensor, tensor } from '../../../engine/index.ts';
import { chunks, floats, meanOf } from '../../../models/chunks.ts';
import { examplesOf } from '../../../models/data/examples.ts';
import type { Source } from '../../../models/data/source.ts';
import type { LatentModel } from '../../../models/vae/latent.ts';
import { interpolate } from '../../../models/vae/views.ts';
import type { VqVae } from '../../../models/vae/vqvae.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import { type Between, type Cloud, type Codes, type Decode, SHOWN } from './questions.ts';

/** Test images that are encoded. */
const MOST = 500;

/** What the view of the variational autoencoders asks. */
export function vaeAnswers({ model, source }: Training): Answers {
  return 'book' in model
    ? codeAnswers(model as VqVae, source)
    : latentAnswers(model as LatentModel, source);
}

/** The first test rows, as many as are looked at. */
const rowsOf = ({ testCount }: Source): Tensor => {
  const [rows] = chunks(Math.min(MOST, testCount as number));
  return tensor(rows);
};

function latentAnswers(model: LatentModel, source: Source): Answers {
  const { latent } = model;
  const gpu = currentGpu();
  const encode = gpu.step((rows: Tensor) => {
    const x = source.drawTest(rows.size, rows);
    return { z: model.embed(x), kls: model.kls(x), classes: source.drawTestClasses(rows) };
  });
  const decode = gpu.step((z: Tensor) => model.decode(z));
  const decoded = async ({ z }: Decode) =>
    floats(decode(tensor(Float32Array.from(z), [z.length / latent, latent])));
  let shown: Float32Array | null = null;
  return {
    async cloud(): Promise<Cloud> {
      shown ??= await examplesOf(source, Math.min(SHOWN, source.testCount as number), 'test');
      const { z, kls, classes } = encode(rowsOf(source));
      const [vectors, nats, labels] = await Promise.all([
        floats(z),
        floats(kls),
        classes?.data() as Promise<Uint32Array> | undefined,
      ]);
      return {
        latent,
        z: vectors,
        classes: labels ?? null,
        names: source.classes,
        kl: columnsOf(nats, latent).map(meanOf),
        variance: columnsOf(vectors, latent).map(varianceOf),
        images: shown,
      };
    },
    decode: decoded,
    plane: decoded,
    async between({ from, to, way, steps }: Between) {
      const ends = await floats(encode(tensor(Uint32Array.of(from, to))).z);
      const [a, b] = [ends.subarray(0, latent), ends.subarray(latent)];
      return decoded({ z: interpolate(a, b, steps, way).flatMap((v) => [...v]) });
    },
  };
}

function codeAnswers(model: VqVae, source: Source): Answers {
  const measure = currentGpu().step((rows: Tensor) => {
    const x = source.drawTest(rows.size, rows);
    const codes = model.encode(x);
    return { codes, x, decoded: model.decode(codes) };
  });
  return {
    async codes(): Promise<Codes> {
      const said = measure(rowsOf(source));
      const [codes, x, decoded] = await Promise.all([
        said.codes.data() as Promise<Uint32Array>,
        floats(said.x),
        floats(said.decoded),
      ]);
      const uses = Array<number>(model.codes).fill(0);
      for (const code of codes) uses[code]++;
      const entropy = uses.reduce((sum, n) => {
        const p = n / codes.length;
        return p > 0 ? sum - p * Math.log(p) : sum;
      }, 0);
      const first = <A extends Float32Array | Uint32Array>(all: A) =>
        all.slice(0, (all.length / said.codes.shape[0]) * SHOWN) as A;
      return {
        uses,
        perplexity: Math.exp(entropy),
        grid: model.grid,
        images: first(x),
        codes: first(codes),
        decoded: first(decoded),
      };
    },
  };
}

const columnsOf = (rows: Float32Array, width: number): Float32Array[] =>
  Array.from({ length: width }, (_, d) => rows.filter((_, i) => i % width === d));

function varianceOf(column: Float32Array): number {
  const mean = meanOf(column);
  return column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (column.length - 1);
}
