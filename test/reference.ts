/**
 * The specification of every op: plain loops over float64, with the names and arguments of the
 * engine and none of its code. A row of a table calls both by the same expression.
 */
export * from './reference/array.ts';
export * from './reference/distances.ts';
export * from './reference/layout.ts';
export * from './reference/linalg.ts';
export * from './reference/linear.ts';
export * from './reference/losses.ts';
export * from './reference/masked.ts';
export * from './reference/norm.ts';
export * from './reference/philox.ts';
export * from './reference/pointwise.ts';
export * from './reference/reduce.ts';
