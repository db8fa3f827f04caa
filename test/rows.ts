import type * as engine from '../engine/index.ts';
import type { Tensor } from '../engine/index.ts';
import * as ref from './reference.ts';
import type { Nd } from './reference.ts';

/** The public names. A row calls the engine and the reference through the same expression. */
export type Ops = typeof engine;
export type Compute = (o: Ops, ...x: Tensor[]) => Tensor | Tensor[];

/** A row of an op table. See `row`. */
export interface Row extends Required<Options> {
  readonly name: string;
  readonly compute: Compute;
  readonly inputs: readonly Nd[];
}

/**
 * How exact a row must be. The forward error is bounded by `ulps · 2^-24 · size`, where size is
 * the value itself (`value`), the same expression on absolute inputs (`terms`: what rounding of a
 * sum of products scales with), or the largest value of the output (`largest`).
 */
export interface Options {
  ulps?: number;
  of?: 'value' | 'terms' | 'largest';
  /** Error of the gradient, of its largest entry; `zero` wants zeros, `none` has no gradient. */
  gradient?: number | 'zero' | 'none';
  /** Error of the gradient of the gradient, of its largest entry. */
  second?: number | 'none';
  /** How many elements of each input are probed by finite differences. */
  probes?: number;
}

/** One expression, its inputs and how exact it must be: forward, gradient, gradient of gradient. */
export const row = (name: string, compute: Compute, inputs: Nd[], options: Options = {}): Row => ({
  name: `${name} ${inputs.map((x) => `[${x.shape}]`).join(' ')}`,
  compute,
  inputs,
  ulps: 4,
  of: 'value',
  gradient: 2e-5,
  second: 1e-4,
  probes: 24,
  ...options,
});

/** Sums of k products: k + 2 roundings of the terms (Higham 2002, section 3.1). */
export const terms = (k: number): Options => ({ ulps: k + 2, of: 'terms' });

/** What the reference says to the row's expression. */
export function expected(row: Row, inputs: readonly Nd[] = row.inputs): Nd[] {
  // The reference has the engine's names and arguments, on arrays of its own.
  const o = ref as unknown as Ops;
  return [row.compute(o, ...(inputs as unknown as Tensor[]))].flat() as unknown as Nd[];
}

/** The largest error that each element of each output may have. */
export function allowed(row: Row, want: readonly Nd[]): Nd[] {
  const eps = row.ulps * 2 ** -24;
  const sizes =
    row.of === 'terms'
      ? expected(
          row,
          row.inputs.map((x) => ref.abs(x)),
        )
      : want;
  return sizes.map((size) => {
    const largest = size.data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    const scale = (v: number) => (row.of === 'largest' ? largest : Math.abs(v));
    return { ...size, data: size.data.map((v) => eps * scale(v) + 2 ** -126) };
  });
}
