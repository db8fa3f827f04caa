import { currentGpu, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import type { Gallery, View } from '../model.ts';
import { chunks, floats } from '../chunks.ts';
import type { LatentModel } from './latent.ts';

/** Pairs of test images between which the interpolations go, and images on the way. */
const [PAIRS, WAY] = [8, 10];
/** Dimensions that a traversal shows, at most, and the places of each from −3 to 3. */
const [MOST, PLACES] = [16, 11];
/** Images along each side of a manifold. */
const SIDE = 20;

type Decoding = Pick<LatentModel, 'latent' | 'embed' | 'decode'>;

/** Pictures of a latent space: ways between test images, each dimension by itself, a plane whole. */
export function latentViews(model: Decoding): Record<string, View> {
  const { latent } = model;
  const between = (kind: Way) => async (source: Source) => {
    const ends = await embedTest(model, source, 2 * PAIRS);
    const ways = Array.from({ length: PAIRS }, (_, i) => {
      const [a, b] = [2 * i, 2 * i + 1].map((k) => ends.subarray(k * latent, (k + 1) * latent));
      return interpolate(a, b, WAY, kind);
    });
    return gallery(model, ways.flat(), WAY);
  };
  return {
    interpolation: between('linear'),
    spherical: between('spherical'),
    async traversal(source) {
      const centre = await embedTest(model, source, 1);
      const dimensions = Array.from({ length: Math.min(MOST, latent) }, (_, d) => d);
      return gallery(
        model,
        dimensions.flatMap((d) => traverse(centre, d, PLACES)),
        PLACES,
      );
    },
    ...(latent === 2 && { manifold: () => gallery(model, plane(SIDE), SIDE) }),
  };
}

type Way = 'linear' | 'spherical';

/**
 * `steps` vectors from a to b, both included: along a line, or along an arc about the origin (Shoemake
 * 1985; White 2016, arXiv 1609.04468), which keeps the length that vectors of the prior have.
 */
export function interpolate(a: Float32Array, b: Float32Array, steps: number, way: Way) {
  const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, x, d) => sum + x * v[d], 0);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine || 0)));
  const weight = (part: number) =>
    way === 'linear' || Math.sin(angle) < 1e-6 ? part : Math.sin(part * angle) / Math.sin(angle);
  return Array.from({ length: steps }, (_, i) => {
    const [from, to] = [weight(1 - i / (steps - 1)), weight(i / (steps - 1))];
    return a.map((x, d) => from * x + to * b[d]);
  });
}

/** Vectors like z but for one dimension, which takes `steps` values from −3 to 3. */
export const traverse = (z: Float32Array, dimension: number, steps: number): Float32Array[] =>
  Array.from({ length: steps }, (_, i) =>
    z.map((x, d) => (d === dimension ? (6 * i) / (steps - 1) - 3 : x)),
  );

/** side² vectors of the plane, as likely as each other under N(0, I): at its quantiles, from the top. */
export function plane(side: number): Float32Array[] {
  const at = Array.from({ length: side }, (_, i) => normalQuantile((i + 0.5) / side));
  return [...at].reverse().flatMap((y) => at.map((x) => Float32Array.of(x, y)));
}

/** The x with Φ(x) = p, for 1e-6 < p < 1 − 1e-6: Newton's method on the series of Φ. */
export function normalQuantile(p: number): number {
  if (p < 0.5) return -normalQuantile(1 - p);
  let x = 0; // Φ is concave above, so that the method comes near from below
  for (let i = 0; i < 50; i++) {
    const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    let [term, sum] = [x, x]; // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + ..)
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    x -= (0.5 + density * sum - p) / density;
  }
  return x;
}

/** Embeddings of the first n test images, [n, Z]. */
async function embedTest(model: Decoding, source: Source, n: number): Promise<Float32Array> {
  const [rows] = chunks(n, n);
  const step = currentGpu().step((r: Tensor) => model.embed(source.drawTest(n, r)));
  const z = await floats(step(tensor(rows)));
  step.dispose();
  return z;
}

/** The images of latent vectors. */
async function gallery(
  model: Decoding,
  vectors: Float32Array[],
  columns: number,
): Promise<Gallery> {
  const all = Float32Array.from(vectors.flatMap((v) => [...v]));
  const step = currentGpu().step((z: Tensor) => model.decode(z));
  const images = await floats(step(tensor(all, [vectors.length, model.latent])));
  step.dispose();
  return { images, columns };
}
