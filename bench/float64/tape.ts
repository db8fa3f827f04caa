/** A tensor in float64 with room for its gradient. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
  readonly grad: Float64Array;
}

/** The way back: what to do, last first. */
export type Tape = (() => void)[];

/** A tensor of these numbers; a leaf of the computation. */
export const leaf = (data: ArrayLike<number>, shape: readonly number[]): Value => ({
  shape,
  data: Float64Array.from(data),
  grad: new Float64Array(data.length),
});

/** A result to be filled in. */
export function empty(shape: readonly number[]): Value {
  const n = shape.reduce((a, b) => a * b, 1);
  return { shape, data: new Float64Array(n), grad: new Float64Array(n) };
}

/** Fills in the gradients of all that `loss`, a scalar, came from. */
export function backward(tape: Tape, loss: Value): void {
  loss.grad[0] = 1;
  for (let i = tape.length - 1; i >= 0; i--) tape[i]();
}
