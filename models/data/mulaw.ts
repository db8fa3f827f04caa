const MU = 255;

/**
 * A sample of -1..1 as one of 256 levels by the μ-law. Source: ITU-T G.711; van den Oord et al.,
 * WaveNet, 2016, arXiv 1609.03499, section 2.2.
 */
export function muLawEncode(sample: number): number {
  const bent = (Math.sign(sample) * Math.log1p(MU * Math.abs(sample))) / Math.log1p(MU);
  return Math.min(MU, Math.max(0, Math.trunc(((bent + 1) / 2) * MU + 0.5)));
}

/** The sample, -1..1, in the middle of a level. */
export function muLawDecode(level: number): number {
  const bent = (2 * level) / MU - 1;
  return (Math.sign(bent) * Math.expm1(Math.abs(bent) * Math.log1p(MU))) / MU;
}
