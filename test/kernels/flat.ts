import type { Kernel } from '../../engine/kernel.ts';

/** What the tables of kernels with one thread per element, or per four, share. */

/** Small workgroups, so that small shapes need several. */
export const narrow = { WIDTH: 4 };

/** Whether a kernel moves four elements at a time. */
export const byFours = ({ file }: Kernel): boolean => /vec4|words|block|philox|box/.test(file);

/** Workgroups for `size` elements, folded over two dimensions so that this is tested too. */
export function flat(size: number) {
  return (kernel: Kernel, { WIDTH }: Record<string, number>): number[] => {
    const groups = Math.ceil((byFours(kernel) ? Math.ceil(size / 4) : size) / WIDTH);
    return groups > 3 ? [3, Math.ceil(groups / 3), 1] : [Math.max(1, groups), 1, 1];
  };
}

/** Indices [0, n) with repeats, the same each time. */
export const picks = (size: number, n: number): Uint32Array =>
  Uint32Array.from({ length: size }, (_, i) => (i * i * 7 + i * 3 + 1) % n);

/** The bits of floats, for kernels that copy words without reading them. */
export const bitsOf = (x: ArrayLike<number>): Uint32Array =>
  new Uint32Array(Float32Array.from(x).buffer);
