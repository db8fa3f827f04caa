import {
  add,
  broadcastTo,
  exp,
  expm1,
  mul,
  neg,
  sqrt,
  square,
  sub,
  type Tensor,
} from '../../engine/index.ts';

/**
 * A diffusion process dx = f(t) x dt + g(t) dw on t = 0..1 that turns data into noise. Its functions take
 * times [B] and give [B], inside a step.
 */
export interface Sde {
  /** x(t) given x(0) is N(scale · x(0), std² I). */
  kernel(t: Tensor): { scale: Tensor; std: Tensor };
  /** f(t). */
  drift(t: Tensor): Tensor;
  /** g(t)². */
  diffusion(t: Tensor): Tensor;
  /** x(1) is about N(0, prior² I) whatever the data. */
  readonly prior: number;
}

/** β(t) = β_min + t (β_max − β_min) of VP and sub-VP. */
export interface Rates {
  readonly betaMin: number;
  readonly betaMax: number;
}

const beta = ({ betaMin, betaMax }: Rates, t: Tensor): Tensor =>
  add(mul(t, betaMax - betaMin), betaMin);

/** −½ ∫₀ᵗ β. */
const logScale = ({ betaMin, betaMax }: Rates, t: Tensor): Tensor =>
  mul(t, sub(mul(t, (betaMin - betaMax) / 4), betaMin / 2));

/** Variance preserving: dx = −½ β x dt + √β dw, the limit of DDPM. Eq. (11) and (29). */
export const variancePreserving = (rates: Rates): Sde => ({
  kernel(t) {
    const l = logScale(rates, t);
    return { scale: exp(l), std: sqrt(neg(expm1(mul(l, 2)))) };
  },
  drift: (t) => mul(beta(rates, t), -0.5),
  diffusion: (t) => beta(rates, t),
  prior: 1,
});

/** Sub-VP: the same drift with less noise, dw times √(β (1 − exp(−2 ∫β))). Eq. (12) and (29). */
export const subVariancePreserving = (rates: Rates): Sde => ({
  kernel(t) {
    const l = logScale(rates, t);
    return { scale: exp(l), std: neg(expm1(mul(l, 2))) };
  },
  drift: (t) => mul(beta(rates, t), -0.5),
  diffusion: (t) => neg(mul(beta(rates, t), expm1(mul(logScale(rates, t), 4)))),
  prior: 1,
});

/**
 * Variance exploding: dx = √(dσ²/dt) dw with σ(t) = σ_min (σ_max/σ_min)ᵗ, the limit of NCSN. Eq. (9), (29).
 * At t = 0 the data already have noise of σ_min.
 */
export function varianceExploding(least: number, most: number): Sde {
  const ratio = Math.log(most / least);
  const std = (t: Tensor) => mul(exp(mul(t, ratio)), least);
  return {
    kernel: (t) => ({ scale: broadcastTo(1, t.shape), std: std(t) }),
    drift: (t) => broadcastTo(0, t.shape),
    diffusion: (t) => mul(square(std(t)), 2 * ratio),
    prior: most,
  };
}
