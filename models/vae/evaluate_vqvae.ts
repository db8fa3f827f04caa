import { currentGpu, mean, square, sub, type Tensor, tensor } from '../../engine/index.ts';
import type { Source } from '../data/source.ts';
import { chunks, floats, total } from '../chunks.ts';
import type { VqVae } from './vqvae.ts';

/**
 * Test metrics of a VQ-VAE: the negative bound on log p(x) with its two terms (nats per image), the
 * mean squared error, and over all codes of the test images: the part of the book in use, and their
 * perplexity.
 */
export async function evaluateVqVae(model: VqVae, source: Source) {
  const gpu = currentGpu();
  const count = source.testCount as number;
  const measure = gpu.step((rows: Tensor) => {
    const x = source.drawTest(rows.size, rows);
    const codes = model.encode(x);
    const error = mean(square(sub(x, model.decode(codes))), [1, 2, 3]);
    return { ...model.bound(x), error, codes };
  });
  let [reconstruction, prior, squares] = [0, 0, 0];
  const uses = new Float64Array(model.codes);
  for (const rows of chunks(count)) {
    const { error, codes, ...terms } = measure(tensor(rows));
    reconstruction += total(await floats(terms.reconstruction)) / count;
    prior += total(await floats(terms.prior)) / count;
    squares += total(await floats(error)) / count;
    for (const code of await codes.data()) uses[code]++;
  }
  measure.dispose();
  const all = total(uses);
  const entropy = uses.reduce((sum, n) => sum - (n > 0 ? (n / all) * Math.log(n / all) : 0), 0);
  return {
    negativeBound: -reconstruction - prior,
    reconstruction: -reconstruction,
    prior: -prior,
    squaredError: squares,
    codesUsed: uses.filter((n) => n > 0).length / model.codes,
    perplexity: Math.exp(entropy),
  };
}
