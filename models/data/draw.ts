import {
  add,
  cast,
  cos,
  floor,
  gather,
  minimum,
  mul,
  normal,
  sin,
  stack,
  sub,
  type Tensor,
  uniform,
  type Variable,
  where,
  less,
} from '../../engine/index.ts';
import type { ToyName } from './toys.ts';

/** n fresh points of a toy drawn on the GPU, [n, 2]; the laws of models/data/toys.ts. In a step. */
export function drawToy(name: ToyName, n: number): Tensor {
  return draws[name](n);
}

/** n fresh points [n, 2] of round Gaussians of equal weight, given their centres [k, 2]. In a step. */
export function drawAround(centres: Variable, spread: number, n: number): Tensor {
  const [count] = centres.shape;
  const chosen = gather(centres, cast(minimum(choice(n, count), count - 1), 'u32'));
  return spread > 0 ? add(chosen, mul(normal([n, 2]), spread)) : chosen;
}

/** Whole numbers 0..count-1 as f32, equally likely. */
const choice = (n: number, count: number) => floor(mul(uniform([n]), count));

const draws: Record<ToyName, (n: number) => Tensor> = {
  eight_gaussians(n) {
    const angle = mul(choice(n, 8), Math.PI / 4);
    const centre = mul(stack([cos(angle), sin(angle)], 1), 2); // [n, 2]
    return add(centre, mul(normal([n, 2]), 0.2));
  },

  grid25(n) {
    const centre = sub(floor(mul(uniform([n, 2]), 5)), 2);
    return add(centre, mul(normal([n, 2]), 0.05));
  },

  two_moons(n) {
    const t = mul(uniform([n]), Math.PI);
    const lower = less(uniform([n]), 0.5);
    const x = where(lower, sub(1, cos(t)), cos(t));
    const y = where(lower, sub(0.5, sin(t)), sin(t));
    const noisy = add(stack([sub(x, 0.5), sub(y, 0.25)], 1), mul(normal([n, 2]), 0.1));
    return mul(noisy, 1.5);
  },

  checkerboard(n) {
    const square = choice(n, 8);
    const row = floor(div2(square));
    const odd = (k: Tensor) => sub(k, mul(floor(div2(k)), 2)); // k mod 2
    const column = add(mul(odd(square), 2), odd(row));
    return add(sub(stack([column, row], 1), 2), uniform([n, 2]));
  },
};

const div2 = (k: Tensor) => mul(k, 0.5);
