import { EightfoldError } from '../../engine/errors.ts';
import {
  abs,
  add,
  clamp,
  concat,
  currentGpu,
  grad,
  mul,
  neg,
  softplus,
  split,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
  variable,
  writeRows,
} from '../../engine/index.ts';
import type { Picture } from '../model.ts';

/**
 * The Dirac-GAN: data that are the number 0, a generator that makes the number θ, and a critic
 * D(x) = ψ x. L. Mescheder, A. Geiger and S. Nowozin, Which Training Methods for GANs do actually
 * Converge?, 2018, arXiv 1801.04406, section 2.
 *
 *   L(θ, ψ) = f(ψ θ) + f(0),  f(t) = −log(1 + e⁻ᵗ), or f(t) = t of a WGAN                 eq. (3)
 *   v(θ, ψ) = (−∂L/∂θ, ∂L/∂ψ − ∂R/∂ψ)                                                     eq. (2)
 *
 * The one equilibrium is (0, 0). An update moves (θ, ψ) by h v, both at once or one after the other; near
 * (0, 0) it converges where both eigenvalues of its Jacobian lie within the unit circle.
 */
export interface DiracMethod {
  readonly loss: 'logistic' | 'wasserstein';
  /** Whether the generator's update knows the critic's. */
  readonly alternating: boolean;
  /** R: γ/2 ψ², or γ/2 (|ψ| − 1)². The critic's slope is ψ everywhere, on data or between. */
  readonly penalty?: 'zero_centred' | 'one_centred';
  /** Bound of |ψ| after each update. */
  readonly clip?: number;
}

/** How GANs are trained, on the Dirac-GAN. */
export const diracMethods = {
  simultaneous: { loss: 'logistic', alternating: false },
  alternating: { loss: 'logistic', alternating: true },
  clipping: { loss: 'wasserstein', alternating: true, clip: 1 },
  one_centred: { loss: 'wasserstein', alternating: true, penalty: 'one_centred' },
  zero_centred: { loss: 'logistic', alternating: true, penalty: 'zero_centred' },
} as const satisfies Record<string, DiracMethod>;

/** Step size h and weight of the penalty γ. */
export interface DiracRates {
  h: number;
  gamma: number;
}

/** One update of states (θ, ψ), [B, 2] → [B, 2]. It can be differentiated. */
export function diracUpdate(method: DiracMethod, state: Tensor, rates: DiracRates): Tensor {
  const { h, gamma } = rates;
  const [theta, psi] = split(state, 2, 1); // [B, 1]
  const value = (t: Tensor, p: Tensor) =>
    method.loss === 'logistic' ? neg(softplus(neg(mul(t, p)))) : mul(t, p); // L − f(0)
  const penalty = (p: Tensor) => {
    const off = method.penalty === 'one_centred' ? sub(abs(p), 1) : p;
    return mul(square(off), method.penalty ? gamma / 2 : 0);
  };
  const [ascent] = grad(sum(sub(value(theta, psi), penalty(psi))), [psi]);
  const moved = add(psi, mul(ascent, h));
  const next = method.clip ? clamp(moved, -method.clip, method.clip) : moved;
  const own = add(theta, 0); // so that the slope is that of θ alone, whatever ψ has from it
  const [descent] = grad(sum(value(own, method.alternating ? next : psi)), [own]);
  return concat([sub(theta, mul(descent, h)), next], 1);
}

/** A complex number, real and imaginary part. */
export type Complex = readonly [number, number];

/**
 * Both eigenvalues of the Jacobian of an update at (0, 0), with s = f′(0):
 *
 *   at once             1 − hγ/2 ± h √(γ²/4 − s²)
 *   one after another   τ/2 ± √(τ²/4 − (1 − hγ)),  τ = 2 − hγ − h²s²
 *
 * Without a penalty their size is √(1 + h²s²), or 1: out, or around for ever. Throws for the
 * one-centred penalty, which has a kink there.
 */
export function diracEigenvalues(method: DiracMethod, rates: DiracRates): [Complex, Complex] {
  if (method.penalty === 'one_centred') {
    throw new EightfoldError('argument', 'eigenvalues: |ψ| has no slope at 0. Use zero_centred.');
  }
  const { h } = rates;
  const gamma = method.penalty ? rates.gamma : 0;
  const s = method.loss === 'logistic' ? 0.5 : 1;
  const trace = 2 - h * gamma - (method.alternating ? (h * s) ** 2 : 0);
  const determinant = 1 - h * gamma + (method.alternating ? 0 : (h * s) ** 2);
  const under = trace ** 2 / 4 - determinant;
  const root = Math.sqrt(Math.abs(under));
  const pair = (sign: number): Complex =>
    under < 0 ? [trace / 2, sign * root] : [trace / 2 + sign * root, 0];
  return [pair(1), pair(-1)];
}

/** The ways of training from a start: (θ, ψ) before each of `steps` updates, [steps, 2]. */
export async function diracPath(
  method: DiracMethod,
  [theta, psi]: Complex,
  steps: number,
  rates: DiracRates,
): Promise<Float32Array> {
  const state = variable([theta, psi], [1, 2], { name: 'θ, ψ' });
  const path = variable(null, [steps, 2], { name: 'path' });
  const move = currentGpu().step((at: Tensor) => {
    writeRows(path, state, at, 0);
    state.assign(diracUpdate(method, add(state, 0), rates));
  });
  for (let t = 0; t < steps; t++) move(tensor(Uint32Array.of(t)));
  const values = (await path.data()) as Float32Array;
  for (const held of [move, state, path]) held.dispose();
  return values;
}

/** The mean of a path up to each of its places, [steps, 2]. */
export function runningMean(path: Float32Array): Float32Array {
  const sums = [0, 0];
  return path.map((x, i) => {
    sums[i % 2] += x;
    return sums[i % 2] / (Math.floor(i / 2) + 1);
  });
}

/** Updates of a portrait, its side in pixels, and half the side of what it shows. */
const [UPDATES, SIDE, EXTENT] = [600, 128, 2];

/**
 * The phase portrait: (θ, ψ) from (1, 0) on, lighter with time, for each of `diracMethods` in turn, and last
 * the running mean of alternating updates. θ to the right, ψ upwards.
 */
export const phasePortrait: Picture = async () => {
  const rates = { h: 0.1, gamma: 0.3 };
  const start = [1, 0] as const;
  const paths: Record<string, Float32Array> = {};
  for (const [name, method] of Object.entries(diracMethods)) {
    paths[name] = await diracPath(method, start, UPDATES, rates);
  }
  const all = [...Object.values(paths), runningMean(paths.alternating)];
  const images = Float32Array.from(all.flatMap((path) => [...drawn(path)]));
  return { images, columns: 3, form: { kind: 'images', height: SIDE, width: SIDE, channels: 1 } };
};

/** A path as an image with values 0..1, a cross at (0, 0). */
function drawn(path: Float32Array): Float32Array {
  const image = new Float32Array(SIDE * SIDE);
  const middle = SIDE / 2;
  for (let d = -4; d <= 4; d++) {
    image[middle * SIDE + middle + d] = 0.35;
    image[(middle + d) * SIDE + middle] = 0.35;
  }
  const place = (x: number) => Math.round(middle + (x / EXTENT) * middle);
  for (let i = 0; i < path.length; i += 2) {
    const [column, row] = [place(path[i]), SIDE - place(path[i + 1])];
    if (row < 0 || row >= SIDE || column < 0 || column >= SIDE) continue;
    image[row * SIDE + column] = 0.4 + (0.6 * i) / path.length;
  }
  return image;
}

// Beside the paper: updates one after the other move the critic first.
