import { invariant } from './errors.ts';
import { type Kernel, lines } from './kernel.ts';
import type { Adapter, Run, Slot } from './op.ts';

/** How a variant is dispatched: workgroups, one after another, and overrides. */
export interface Launch {
  readonly groups: number;
  readonly overrides?: Readonly<Record<string, number>>;
  /** Into how many parts each sum is cut, for the op to add in a second dispatch. Default: 1. */
  readonly parts?: number;
}

/** One way to compute a contract. `S` holds sizes as numbers and forms as booleans, flat. */
export interface Variant<S> {
  readonly kernel: Kernel;
  /** Whether it is right for these sizes; the features it enables are looked after. Default: always. */
  applies?(sizes: S, gpu: Adapter): boolean;
  launch(sizes: S, gpu: Adapter): Launch;
}

/** A folder of `shaders/` as an op sees it: its variants, and which to take where nothing was measured. */
export interface Contract<S> {
  /** The folder. */
  readonly name: string;
  /** In reading order. */
  readonly variants: readonly Variant<S>[];
  /** Only CPU drivers ever need it: what a GPU does there has another contract. */
  readonly softwareOnly?: true;
  /** The kernel to take without a table; it must apply. Says why in its docblock. */
  heuristic(sizes: S, gpu: Adapter): Kernel;
}

/**
 * What was measured on one class of adapters: for each contract and bucket of sizes its variants,
 * fastest first. The bucket `*` stands for all that are not there.
 */
export type Tuning = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** One choice that the engine made, for those who measure. */
export interface Choice {
  readonly contract: string;
  readonly bucket: string;
  readonly variant: string;
  /** Every variant that could have been taken, in reading order. */
  readonly applicable: readonly string[];
  readonly by: 'table' | 'heuristic';
}

/** A variant's name: `3_blocked` of `matmul/3_blocked.wgsl`. */
export const variantName = ({ file }: Kernel): string =>
  file.slice(file.indexOf('/') + 1, -'.wgsl'.length);

/** Sizes that behave alike: each rounded to a power of two, as `m9 n9 k8 ta`. */
export function bucketOf(sizes: object): string {
  return Object.entries(sizes)
    .filter(([, size]) => size !== false)
    .map(([name, size]) => (size === true ? name : `${name}${power(size)}`))
    .join(' ');
}

const power = (size: number): string => (size > 0 ? `${Math.round(Math.log2(size))}` : '-');

/** Whether a variant may run: its features are there and it is right for these sizes. */
function applicable<S>({ kernel, applies }: Variant<S>, sizes: S, gpu: Adapter): boolean {
  const supported = kernel.features.every((feature) =>
    feature === 'subgroups' ? gpu.subgroupSize !== null : gpu.features.has(`shader-${feature}`),
  );
  return supported && (applies?.(sizes, gpu) ?? true);
}

/** The variant for these sizes: the fastest of the adapter's table, else what the heuristic says. */
export function choose<S extends object>(
  gpu: Adapter,
  contract: Contract<S>,
  sizes: S,
): Variant<S> {
  const { name, variants } = contract;
  const table = gpu.tuning[name];
  const bucket = bucketOf(sizes);
  const able = variants.filter((v) => applicable(v, sizes, gpu));
  const named = (variant: string) => able.find(({ kernel }) => variantName(kernel) === variant);
  const ranked = table?.[bucket] ?? table?.['*'] ?? [];
  const measured = ranked.map(named).find((v) => v !== undefined);
  const chosen = measured ?? named(variantName(contract.heuristic(sizes, gpu)));
  invariant(!!chosen, `${name} ${bucket}: the heuristic chose a variant that does not apply`);
  gpu.onChoice?.({
    contract: name,
    bucket,
    variant: variantName(chosen.kernel),
    applicable: able.map(({ kernel }) => variantName(kernel)),
    by: measured ? 'table' : 'heuristic',
  });
  return chosen;
}

/**
 * Chooses a variant for these sizes and dispatches it.
 * @param fixed overrides that say what is computed, not how
 */
export function dispatch<S extends object>(
  run: Run,
  contract: Contract<S>,
  sizes: S,
  slots: Readonly<Record<string, Slot>>,
  params: Readonly<Record<string, number>>,
  fixed: Readonly<Record<string, number>> = {},
): void {
  const { kernel, launch } = choose(run.gpu, contract, sizes);
  const { groups, overrides } = launch(sizes, run.gpu);
  run.dispatch(kernel, slots, params, lines(groups), { ...fixed, ...overrides });
}
