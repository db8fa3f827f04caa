import type { Contract, Variant } from '../choose.ts';
import type { Kernel } from '../kernel.ts';
import type { Adapter } from '../op.ts';
import type { Line } from './axes.ts';

/** Sizes of a line kernel: `outer` × `inner` lines of `n`. */
export interface Lines extends Line {
  /** Where lines are rows: 32, 16 or 4 if all of them begin at its multiples, else 1. */
  readonly align: 32 | 16 | 4 | 1;
}

/** Whole lines as sizes. */
export const whole = ({ outer, n, inner }: Line): Lines => ({
  ...{ outer, n, inner },
  align: inner > 1 || n % 4 ? 1 : n % 16 ? 4 : n % 32 ? 16 : 32,
});

/** Threads of a workgroup where each has a line: a CPU driver needs few of them to use two cores. */
const widthFor = ({ software }: Adapter, threads: number): number =>
  software && threads < 4096 ? 16 : 64;

/** A variant with a thread per `columns` lines side by side, or per row read `terms` at a time. */
export function perThread(kernel: Kernel, columns = 1, terms = 1): Variant<Lines> {
  return {
    kernel,
    applies: ({ inner, align }) => inner % columns === 0 && align >= terms,
    launch({ outer, inner }, gpu) {
      const threads = outer * Math.ceil(inner / columns);
      const WIDTH = widthFor(gpu, threads);
      return { groups: Math.ceil(threads / WIDTH), overrides: { WIDTH } };
    },
  };
}

/** A variant whose workgroups take WX lines of WY threads: 64 of short ones, 256 of others. */
export const perWorkgroup = (kernel: Kernel): Variant<Lines> => ({
  kernel,
  launch({ outer, n, inner }) {
    const most = inner === 1 && n <= 1024 ? 64 : 256;
    const WX = inner === 1 ? Math.max(1, most / power(n)) : Math.min(32, power(inner));
    const WY = Math.min(most / WX, power(n));
    const groups = inner === 1 ? Math.ceil(outer / WX) : outer * Math.ceil(inner / WX);
    return { groups, overrides: { WX, WY } };
  },
});

/** The next power of two. */
const power = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(n, 1)));

/** A variant that gives a row to a subgroup, which must have one size from 4 to 128 lanes. */
export const perSubgroup = (kernel: Kernel): Variant<Lines> => ({
  kernel,
  applies: ({ align }, { subgroupSize }) => align >= 4 && (subgroupSize ?? 0) >= 4,
  launch: ({ outer }, { subgroupSize }) => ({
    groups: outer,
    overrides: { SIZE: subgroupSize as number },
  }),
});

/** The variants of a contract of lines by what they do. */
export interface LineVariants {
  readonly serial: Variant<Lines>;
  readonly tree: Variant<Lines>;
  /** A thread per row, read by fours. */
  readonly rows?: Variant<Lines>;
  /** A thread per four lines side by side. */
  readonly columns?: Variant<Lines>;
  readonly subgroup?: Variant<Lines>;
  /** A thread per row, 64 or 128 bytes at a time; for CPU drivers. */
  readonly wideRows?: Variant<Lines>;
  /** A thread per sixteen lines, 64 bytes at a time; for CPU drivers. */
  readonly wideColumns?: Variant<Lines>;
}

/** A contract of lines. Listed as in its folder, chosen by `onHardware` and `onSoftware`. */
export function lineContract(
  name: string,
  by: LineVariants,
  variants: readonly Variant<Lines>[],
): Contract<Lines> {
  return {
    name,
    variants,
    heuristic: (sizes, gpu) =>
      (gpu.software ? onSoftware(by, sizes, gpu) : onHardware(by, sizes, gpu)).kernel,
  };
}

/** Of two variants the first that is there and applies. */
const able = (variant: Variant<Lines> | undefined, sizes: Lines, gpu: Adapter) =>
  variant && (variant.applies?.(sizes, gpu) ?? true) ? variant : undefined;

/**
 * Neighbouring threads must read neighbouring elements. Rows: a subgroup each where it has two
 * vectors per lane to read and either few enough that it is not busy alone or company; else a
 * workgroup. Columns: a thread each once there are 32,768, wide enough to be read by whole sectors.
 */
function onHardware(by: LineVariants, sizes: Lines, gpu: Adapter): Variant<Lines> {
  const { outer, n, inner } = sizes;
  if (inner === 1) {
    const lanes = gpu.subgroupSize ?? 0;
    const fits = n >= 4 * lanes && (n <= 64 * lanes || outer >= 1024);
    return (fits && able(by.subgroup, sizes, gpu)) || by.tree;
  }
  const enough = 32768;
  if (inner < 32 || outer * inner < enough) return by.tree;
  return (outer * inner >= 4 * enough && able(by.columns, sizes, gpu)) || by.serial;
}

/** A CPU driver pays for barriers and per load: few and wide ones, on both cores (SwiftShader). */
function onSoftware(by: LineVariants, sizes: Lines, gpu: Adapter): Variant<Lines> {
  const { outer, n, inner } = sizes;
  if (inner === 1 && outer < 64 && n > 32) {
    const shared = able(by.subgroup, sizes, gpu);
    if (shared) return shared;
  }
  const lanes = 16; // two cores of four lanes, twice
  const wide = outer * inner >= 16 * lanes ? able(by.wideColumns, sizes, gpu) : undefined;
  return (
    able(by.wideRows, sizes, gpu) ??
    able(by.rows, sizes, gpu) ??
    wide ??
    able(by.columns, sizes, gpu) ??
    by.serial
  );
}
