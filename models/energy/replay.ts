import {
  add,
  cast,
  floor,
  gather,
  less,
  mul,
  oneHot,
  reshape,
  type Shape,
  sizeOf,
  stopGradient,
  type Tensor,
  tensor,
  uniform,
  type Variable,
  variable,
  where,
} from '../../engine/index.ts';
import type { Start } from './energy.ts';

/** Chains that are kept from step to step and go on where they were. */
export interface Replay {
  /** The chains, [batch, group, numbers of an example]. */
  readonly buffer: Variable;
  /** n of them, drawn at random. In a step. */
  take(n: number): Tensor;
  /** A batch of them, of which a few begin anew, and what puts them back. Once in a step. */
  draw(): { x: Tensor; keep(moved: Tensor): void };
}

/**
 * A replay buffer of at least `size` chains (Tieleman 2008; Du and Mordatch 2019, section 3.2) that stays
 * on the GPU. A step takes one chain of each of `batch` groups of equal size, so none twice; each begins
 * anew with the chance `reinit`.
 */
export function replayBuffer(
  shape: Shape,
  { size, batch, reinit }: { size: number; batch: number; reinit: number },
  start: Start,
): Replay {
  const group = Math.ceil(size / batch);
  const width = sizeOf(shape);
  const first = reshape(start([batch * group, ...shape]), [batch, group, width]);
  const buffer = variable(first, undefined, { name: 'replay buffer' });
  const column = shape.map(() => 1);
  const rowsOf = (numbers: Tensor) => {
    const rows = gather(reshape(buffer, [batch * group, width]), cast(numbers, 'u32'));
    return stopGradient(reshape(rows, [-1, ...shape]));
  };
  return {
    buffer,
    take: (n) => rowsOf(floor(mul(uniform([n]), batch * group))),
    draw() {
      const place = floor(mul(uniform([batch]), group)); // within each group
      const groups = tensor(Float32Array.from({ length: batch }, (_, i) => i * group));
      const anew = less(uniform([batch, ...column]), reinit);
      return {
        x: where(anew, start([batch, ...shape]), rowsOf(add(groups, place))),
        keep(moved) {
          const here = reshape(oneHot(cast(place, 'u32'), group), [batch, group, 1]);
          buffer.assign(where(here, reshape(moved, [batch, 1, width]), buffer));
        },
      };
    },
  };
}
