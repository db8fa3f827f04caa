import { muLawEncode } from '../../models/data/mulaw.ts';

const RATE = 8000;
const PEAK = 0.9;

/** Samples taken at `rate`, a whole number of hertz, at 8 kHz. */
export function at8k(samples: Float64Array, rate: number): Float64Array {
  const common = divisor(RATE, rate);
  return resample(samples, RATE / common, rate / common);
}

/** μ-law levels of samples scaled so that the largest is 0.9. */
export function quantised(samples: Float64Array): Uint8Array {
  const peak = samples.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return Uint8Array.from(samples, (v) => muLawEncode((v / peak) * PEAK));
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/**
 * Samples at `up / down` times their rate, for whole numbers without a common factor: a low pass of
 * 20 · max(up, down) + 1 taps, sinc under a Kaiser window with β = 5, cutting off at the lower of the
 * two Nyquist rates; zeros beyond the ends. It is scipy.signal.resample_poly with its defaults
 * (scipy.org, after Crochiere and Rabiner, Multirate Digital Signal Processing, 1983).
 */
export function resample(samples: Float64Array, up: number, down: number): Float64Array {
  const half = 10 * Math.max(up, down);
  const taps = lowPass(half, 1 / Math.max(up, down)).map((tap) => tap * up);
  const result = new Float64Array(Math.ceil((samples.length * up) / down));
  for (let m = 0; m < result.length; m++) {
    const centre = m * down; // in steps of the rate that both rates divide
    const first = Math.max(0, Math.ceil((centre - half) / up));
    const last = Math.min(samples.length - 1, Math.floor((centre + half) / up));
    for (let k = first; k <= last; k++) result[m] += samples[k] * taps[centre - k * up + half];
  }
  return result;
}

/** 2 · half + 1 taps with sum 1 that pass below `cutoff`, in Nyquist rates. */
function lowPass(half: number, cutoff: number): Float64Array {
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = i - half;
    const sinc = t === 0 ? cutoff : Math.sin(Math.PI * cutoff * t) / (Math.PI * t);
    return sinc * bessel0(5 * Math.sqrt(1 - (t / half) ** 2));
  });
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
}

/** The modified Bessel function I₀, by its power series. */
function bessel0(x: number): number {
  let sum = 1;
  for (let k = 1, term = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
