import { fromHalf } from '../../../engine/half.ts';
import {
  readSafetensors,
  SafetensorsError,
  type StoredTensor,
} from '../../../engine/io/safetensors.ts';
import { type Filter, throughInception } from './inception_graph.ts';

/** Filters [kh, kw, in, out] and what is added to their outputs, [out]. */
export interface FoldedFilter {
  shape: readonly number[];
  weight: Float32Array<ArrayBuffer>;
  bias: Float32Array<ArrayBuffer>;
}

/** The weights of the network as it runs. */
export interface InceptionWeights {
  /** By torchvision's names, with batch normalisation folded in. */
  filters: Map<string, FoldedFilter>;
  /** The last layer: [2048, 1008] and [1008]. */
  fc: FoldedFilter;
}

/** Features and classes. */
export const [FEATURES, CLASSES] = [2048, 1008];
/** Added to variances in batch normalisation. */
const EPS = 0.001;

type Tensors = ReadonlyMap<string, StoredTensor>;

/**
 * Reads the weights of the FID network from a safetensors file in the names of torchvision and
 * pytorch-fid (Conv2d_1a_3x3.conv.weight, Conv2d_1a_3x3.bn.running_mean, fc.weight), float32 or float16.
 * Other tensors are left alone. Throws SafetensorsError, naming the tensor, where one is missing or has
 * another shape or type.
 */
export function readInception(file: ArrayBuffer | Uint8Array): InceptionWeights {
  const { tensors } = readSafetensors(file);
  const filters = new Map<string, FoldedFilter>();
  throughInception<number>(3, {
    convolve(name, filter, channels) {
      filters.set(name, fold(tensors, name, filter, channels));
      return filter.out;
    },
    pool: (_, channels) => channels,
    join: (parts) => parts.reduce((a, b) => a + b),
  });
  const weight = numbers(tensors, 'fc.weight', [CLASSES, FEATURES]);
  const fc = {
    shape: [FEATURES, CLASSES],
    weight: turned(weight, [CLASSES, FEATURES, 1], new Float64Array(CLASSES).fill(1)),
    bias: numbers(tensors, 'fc.bias', [CLASSES]),
  };
  return { filters, fc };
}

/** γ (w ∗ x − μ) / √(σ² + ε) + β as one convolution: w γ / √(σ² + ε), and β − μ γ / √(σ² + ε). */
function fold(tensors: Tensors, name: string, { out, size }: Filter, channels: number) {
  const [kh, kw] = size;
  const w = numbers(tensors, `${name}.conv.weight`, [out, channels, kh, kw]);
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(
    (part) => numbers(tensors, `${name}.bn.${part}`, [out]),
  );
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c] + EPS));
  return {
    shape: [kh, kw, channels, out],
    weight: turned(w, [out, channels, kh * kw], scale),
    bias: Float32Array.from(beta, (b, c) => b - mean[c] * scale[c]),
  };
}

/** Filters [out, in, taps], each times its scale, as [taps, in, out]. */
function turned(
  w: Float32Array,
  [out, channels, taps]: readonly [number, number, number],
  scale: Float64Array,
): Float32Array<ArrayBuffer> {
  const result = new Float32Array(w.length);
  let from = 0;
  for (let o = 0; o < out; o++) {
    for (let c = 0; c < channels; c++) {
      for (let t = 0; t < taps; t++) result[(t * channels + c) * out + o] = w[from++] * scale[o];
    }
  }
  return result;
}

function numbers(tensors: Tensors, name: string, shape: number[]): Float32Array<ArrayBuffer> {
  const stored = tensors.get(name);
  if (!stored) refuse('missing-tensor', `'${name}' [${shape}] is not in the file. ${MAKE}`);
  const { dtype, data } = stored;
  if (stored.shape.join() !== shape.join()) {
    const imagenet = name.startsWith('fc.') && stored.shape[0] === 1000;
    const remedy = imagenet
      ? `These are torchvision's own weights of another network. ${MAKE}`
      : MAKE;
    refuse('other-shape', `'${name}': expected [${shape}], got [${stored.shape}]. ${remedy}`);
  }
  if (dtype === 'F16') return fromHalf(data as Uint16Array) as Float32Array<ArrayBuffer>;
  if (dtype === 'F32') return data as Float32Array<ArrayBuffer>;
  return refuse('other-dtype', `'${name}': expected F32 or F16, got ${dtype}. ${MAKE}`);
}

const MAKE = "Convert pytorch-fid's weights as models/metrics/features/README.md says.";

function refuse(code: string, message: string): never {
  throw new SafetensorsError(code, `inception: ${message}`);
}
