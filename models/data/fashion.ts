import { optionalAt } from './bytes.ts';
import type { Rows, RowSet } from './sets.ts';

const CLASSES = [
  'T-shirt',
  'trouser',
  'pullover',
  'dress',
  'coat',
  'sandal',
  'shirt',
  'sneaker',
  'bag',
  'ankle boot',
];

const SIZE = 28 * 28;
const [TRAIN, TEST] = [60_000, 10_000];

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28×28, values 0..255, fetched by
 * `npm run data -- fashion`. Throws where that was not done. Source: Xiao, Rasul and Vollgraf,
 * Fashion-MNIST, 2017, arXiv 1708.07747 (MIT).
 */
export async function loadFashion(): Promise<RowSet> {
  const file = await optionalAt('fashion');
  if (file.length !== (TRAIN + TEST) * (SIZE + 1)) {
    throw new Error(
      `data: fashion: expected ${(TRAIN + TEST) * (SIZE + 1)} bytes, got ${file.length}. ` +
        'Run npm run data -- fashion.',
    );
  }
  const labels = file.subarray((TRAIN + TEST) * SIZE);
  const part = (start: number, end: number): Rows => ({
    count: end - start,
    values: file.subarray(start * SIZE, end * SIZE),
    labels: labels.subarray(start, end),
  });
  return {
    name: 'fashion',
    form: { kind: 'images', height: 28, width: 28, channels: 1 },
    shape: [28, 28, 1],
    white: 255,
    classes: CLASSES,
    train: part(0, TRAIN),
    test: part(TRAIN, TRAIN + TEST),
  };
}
