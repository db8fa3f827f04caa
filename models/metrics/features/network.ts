import {
  currentGpu,
  type Shape,
  sizeOf,
  softmax,
  type Tensor,
  tensor,
} from '../../../engine/index.ts';
import { chunks } from '../../chunks.ts';

/** A trained network by whose features and classes sets of images are compared. */
export interface FeatureNetwork {
  /** What distances of its features and scores of its classes are called. */
  readonly names: { readonly frechet: string; readonly score: string };
  /** How many features. */
  readonly features: number;
  /** How many classes. */
  readonly classes: number;
  /** Images that go through together. */
  readonly batch: number;
  /** Features [B, features] and logits [B, classes] of images [B, H, W, C] of 0..1. In a step. */
  run(x: Tensor): { features: Tensor; logits: Tensor };
  dispose(): void;
}

/** What a network says of n images. */
export interface Described {
  /** [n, features] */
  features: Float32Array<ArrayBuffer>;
  /** [n, classes]; a row sums to one. */
  probabilities: Float32Array<ArrayBuffer>;
}

/** What a network says of images [n, ...shape] of 0..1, `shape` being [H, W, C]. Outside of steps. */
export async function describeImages(
  network: FeatureNetwork,
  images: Float32Array,
  shape: Shape,
): Promise<Described> {
  const size = sizeOf(shape);
  const count = images.length / size;
  const features = new Float32Array(count * network.features);
  const probabilities = new Float32Array(count * network.classes);
  const step = currentGpu().step((x: Tensor) => {
    const { features, logits } = network.run(x);
    return { features, probabilities: softmax(logits) };
  });
  for (const rows of chunks(count, network.batch)) {
    const [first, n] = [rows[0], rows.length];
    const part = images.slice(first * size, (first + n) * size);
    const said = step(tensor(part, [n, ...shape]));
    features.set(await said.features.data(), first * network.features);
    probabilities.set(await said.probabilities.data(), first * network.classes);
  }
  step.dispose();
  return { features, probabilities };
}
