import { EightfoldError } from './errors.ts';

/** Throws where an adapter has no half floats. `name` says who wants them. */
export function demandHalf(gpu: { features: ReadonlySet<string> }, name: string): void {
  if (gpu.features.has('shader-f16')) return;
  throw new EightfoldError(
    'limit',
    `${name}: f16 needs the feature shader-f16, which this adapter does not have. Use f32.`,
  );
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest half float (IEEE 754 binary16, ties to even) of each number, as bits. */
export function toHalf(numbers: ArrayLike<number>): Uint16Array {
  return Uint16Array.from(numbers, halfOf);
}

function halfOf(x: number): number {
  float[0] = x;
  const sign = (bits[0] >>> 16) & 0x8000;
  const size = bits[0] & 0x7fffffff;
  if (size > 0x7f800000) return sign | 0x7e00; // NaN
  if (size >= 0x477ff000) return sign | 0x7c00; // 65520 and more
  if (size < 0x38800000) return sign | toEven(Math.abs(x) * 2 ** 24); // below 2^-14: subnormal
  const rounded = size + 0xfff + ((size >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function toEven(x: number): number {
  const low = Math.floor(x);
  const above = x - low;
  return above > 0.5 || (above === 0.5 && low % 2 === 1) ? low + 1 : low;
}

/** The numbers that half floats stand for; exact. */
export function fromHalf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (h) => {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >>> 10) & 31;
    const fraction = h & 0x3ff;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
