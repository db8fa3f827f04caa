import { type Classifier, classifierScore } from './classifier.ts';
import { c2st } from './c2st.ts';
import type { Rows } from './distance.ts';
import { gaussianOf } from './frechet.ts';
import { frechet, type Gaussian } from './gaussian.ts';
import type { SampleMetrics } from './names.ts';
import { coverageOf, type Manifold, manifoldOf, nearest } from './neighbours.ts';
import { compareSides, medianScales, type Side, sideOf } from './twosample.ts';

/** How samples are compared. */
export interface ComparedBy {
  /** Neighbours of the manifolds. */
  k?: number;
  /** Distance within which a sample is a copy of a training row. */
  copyRadius?: number;
  /** Tells classes, for the classifier score, and how many there are. */
  classifier?: { tell: Classifier['probabilities']; K: number };
}

/** Real rows with all that is known of them alone, for comparing samples of many models with them. */
export interface Reference {
  rows: Rows;
  size: number;
  gaussian: Gaussian;
  manifold: Manifold;
  side: Side;
  by: ComparedBy;
}

/** Makes ready real rows of `size` numbers, pixels or features. On the open engine. */
export async function referenceOf(
  rows: Rows,
  size: number,
  by: ComparedBy = {},
): Promise<Reference> {
  return {
    ...{ rows, size, by },
    gaussian: await gaussianOf(rows, size),
    manifold: await manifoldOf(rows, size, by.k),
    side: await sideOf(rows, size, medianScales(rows, size)),
  };
}

/** All metrics of samples, rows of as many numbers, beside the real rows of a reference. */
export async function measureSamples(
  { rows, size, gaussian, manifold, side, by }: Reference,
  samples: Float32Array<ArrayBuffer>,
): Promise<SampleMetrics> {
  const { distance } = await nearest(samples, rows, size);
  const { classifier, copyRadius = 0, k } = by;
  return {
    frechet: frechet(gaussian, await gaussianOf(samples, size)),
    ...(await compareSides(side, await sideOf(samples, size, side.scales))),
    ...(await coverageOf(manifold, await manifoldOf(samples, size, k))),
    c2st: (await c2st(rows, samples, size)).accuracy,
    copies: distance.filter((d) => d <= copyRadius).length / distance.length,
    ...(classifier && {
      classifierScore: classifierScore(await classifier.tell(samples), classifier.K),
    }),
  };
}
