/**
 * How much noise there is at each of T steps, float64, t = 0 ... T − 1 (J. Ho, A. Jain and P. Abbeel,
 * Denoising Diffusion Probabilistic Models, 2020, arXiv 2006.11239; their t is one more).
 *
 *   q(x_t | x_(t−1)) = N(√α_t x_(t−1), β_t I),  α = 1 − β                                 eq. (2)
 *   q(x_t | x_0) = N(√ᾱ_t x_0, (1 − ᾱ_t) I),  ᾱ_t = Π_(s≤t) α_s                           eq. (4)
 *   q(x_(t−1) | x_t, x_0) = N(μ̃_t, β̃_t I)                                                 eq. (6)
 *   μ̃_t = √ᾱ_(t−1) β_t / (1 − ᾱ_t) x_0 + √α_t (1 − ᾱ_(t−1)) / (1 − ᾱ_t) x_t               eq. (7)
 *   β̃_t = (1 − ᾱ_(t−1)) / (1 − ᾱ_t) β_t,  0 at t = 0
 */
export interface Schedule {
  /** T. */
  readonly steps: number;
  /** β. */
  readonly beta: Float64Array;
  /** ᾱ. */
  readonly alphaBar: Float64Array;
  /** ᾱ of the step before, 1 at t = 0. */
  readonly alphaBarBefore: Float64Array;
  /** β̃, the variance of x_(t−1) given x_t and x_0. */
  readonly posteriorVariance: Float64Array;
  /** What μ̃ is made of: factors of x_0 and of x_t. */
  readonly posteriorMean: { readonly x0: Float64Array; readonly xt: Float64Array };
  /** β² / (2 σ² α (1 − ᾱ)), σ² = β̃: the weight of |ε − ε_θ|² in the bound, eq. (12); NaN at t = 0. */
  readonly boundWeight: Float64Array;
}

/** The schedule of given β. */
export function scheduleOf(beta: Float64Array): Schedule {
  let product = 1;
  const alphaBar = beta.map((b) => {
    product *= 1 - b;
    return product;
  });
  const alphaBarBefore = alphaBar.map((_, t) => (t === 0 ? 1 : alphaBar[t - 1]));
  const share = (t: number) => (1 - alphaBarBefore[t]) / (1 - alphaBar[t]);
  const posteriorVariance = beta.map((b, t) => share(t) * b);
  return {
    steps: beta.length,
    beta,
    alphaBar,
    alphaBarBefore,
    posteriorVariance,
    posteriorMean: {
      x0: beta.map((b, t) => (Math.sqrt(alphaBarBefore[t]) * b) / (1 - alphaBar[t])),
      xt: beta.map((b, t) => Math.sqrt(1 - b) * share(t)),
    },
    boundWeight: beta.map((b, t) =>
      t === 0 ? Number.NaN : b ** 2 / (2 * posteriorVariance[t] * (1 - b) * (1 - alphaBar[t])),
    ),
  };
}

/**
 * β in a straight line from 10⁻⁴ to 0.02, which the paper has with T = 1000 (section 4); with other T both
 * ends are scaled by 1000 / T, so that as much noise comes in all (at most 0.999 in a step).
 */
export function linear(steps: number): Schedule {
  const scale = 1000 / steps;
  const slope = (0.02 - 1e-4) / Math.max(1, steps - 1);
  return scheduleOf(
    Float64Array.from({ length: steps }, (_, t) => Math.min(0.999, scale * (1e-4 + slope * t))),
  );
}

/**
 * ᾱ_t = cos²((t / T + s) / (1 + s) · π / 2) up to a factor, s = 0.008, and β at most 0.999 (A. Nichol and
 * P. Dhariwal, Improved Denoising Diffusion Probabilistic Models, 2021, arXiv 2102.09672, eq. 17).
 */
export function cosine(steps: number, s = 0.008): Schedule {
  const f = (t: number) => Math.cos(((t / steps + s) / (1 + s)) * (Math.PI / 2)) ** 2;
  return scheduleOf(
    Float64Array.from({ length: steps }, (_, t) => Math.min(0.999, 1 - f(t + 1) / f(t))),
  );
}

/** The schedules by name. */
export const schedules = { cosine, linear };
