import { open } from '../engine/index.ts';
import { randomStream } from '../models/data/random.ts';
import { type Coverage, precisionRecall } from '../models/metrics/neighbours.ts';
import type { GaussiansInput, GaussiansOutput } from './jobs.ts';

/** Rows of each sample, their numbers, and k. */
const [ROWS, SIZE, K] = [10_000, 1000, 5];

/**
 * What the README of prdc (github.com/clovaai/generative-evaluation-prdc, of Naeem et al. 2020, arXiv
 * 2002.09797) prints for one draw of these samples.
 */
const published: Coverage = {
  precision: 0.4772,
  recall: 0.4705,
  density: 1.0555,
  coverage: 0.9735,
};

/** Precision, recall, density and coverage of pairs of samples of N(0, I), so many pairs. In a page. */
export async function gaussians({ pairs }: GaussiansInput): Promise<GaussiansOutput> {
  const gpu = await open({ seed: 0 });
  const started = performance.now();
  const draw = (stream: number) => {
    const { normal } = randomStream(0, stream);
    return Float32Array.from({ length: ROWS * SIZE }, normal);
  };
  const found: Coverage[] = [];
  for (let i = 0; i < pairs; i++) {
    found.push(await precisionRecall(draw(2 * i), draw(2 * i + 1), SIZE, K));
  }
  const seconds = (performance.now() - started) / 1000;
  return { rows: ROWS, size: SIZE, k: K, found, published, seconds, adapter: gpu.adapterName };
}
