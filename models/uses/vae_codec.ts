import { currentGpu, sizeOf, stack, sub, sum, type Tensor, tensor } from '../../engine/index.ts';
import { joined } from '../data/series.ts';
import type { Source } from '../data/source.ts';
import type { Vae } from '../vae/vae.ts';
import { type BitsBack, popImages, pushImages } from './bits_back.ts';
import type { Codec } from './codec.ts';
import { packWhole, wholes } from './lengths.ts';
import { imagesOf, testImages } from './test_set.ts';

/** Passes over the images by which −L is estimated, each with a z of its own. */
const DRAWS = 16;
/** So many images or fewer go one by one, which takes the fewest bits to begin with. */
const FEW = 1000;

/** Bits-back coding by a VAE of discrete pixels. */
export function vaeCodec(model: Vae, source: Source): Codec {
  const size = sizeOf(source.shape);
  const { levels } = model;
  return {
    bound: true,
    examples: (count) => testImages(source, count, levels),
    async write(examples) {
      const coder = coderOf(model, source.shape, examples.length <= FEW ? 1 : 50);
      const { bytes, net } = await pushImages(coder, joined(examples));
      coder.dispose();
      const file = Uint8Array.from([...packWhole(examples.length), ...bytes]);
      return { bytes: file, net, nats: await negativeBound(model, source.shape, examples) };
    },
    async read(file) {
      const head = wholes(file);
      const count = head.next();
      const coder = coderOf(model, source.shape, count <= FEW ? 1 : 50);
      const all = await popImages(coder, head.rest(), count);
      coder.dispose();
      return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
    },
  };
}

/** Steps that say what the model says of so many images at a time. */
function coderOf(model: Vae, shape: readonly number[], lanes: number) {
  const gpu = currentGpu();
  const posterior = gpu.step((x: Tensor) => {
    const { mu, logVar } = model.encode(x);
    return stack([mu, logVar], 1); // [lanes, 2, Z]
  });
  const likelihood = gpu.step((z: Tensor) => model.probabilities(z));
  const coder: BitsBack = {
    lanes,
    latent: model.latent,
    size: sizeOf(shape),
    async posterior(x) {
      const images = imagesOf(x, model.levels, [lanes, ...shape]);
      return (await posterior(images).data()) as Float32Array;
    },
    async likelihood(z) {
      return (await likelihood(tensor(z, [lanes, model.latent])).data()) as Float32Array;
    },
  };
  const dispose = () => {
    for (const step of [posterior, likelihood]) step.dispose();
  };
  return { ...coder, dispose };
}

/** The sum of −L over images, nats, estimated. */
async function negativeBound(
  model: Vae,
  shape: readonly number[],
  examples: readonly Uint8Array[],
): Promise<number> {
  const step = currentGpu().step((x: Tensor) => {
    const { reconstruction, kl } = model.bound(x);
    return sum(sub(kl, reconstruction));
  });
  let total = 0;
  for (let start = 0; start < examples.length; start += FEW) {
    const part = examples.slice(start, start + FEW);
    const images = () => imagesOf(joined(part), model.levels, [part.length, ...shape]);
    for (let k = 0; k < DRAWS; k++) total += (await step(images()).item()) / DRAWS;
  }
  step.dispose();
  return total;
}
