import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseIdx } from '../../models/data/mnist.ts';
import { unpackDebian } from './debian.ts';

const OTHERWISE =
  'Give a folder that holds train-images-idx3-ubyte.gz and the other three files as --from.';

/**
 * fashion.bin: the pixels and labels of Fashion-MNIST's 60,000 training and 10,000 test images, from a
 * folder of its four files, or from Debian's package.
 */
export function makeFashion(from?: string): Uint8Array {
  const folder =
    from ??
    join(unpackDebian('dataset-fashion-mnist', OTHERWISE), 'usr/share/datasets/fashion-mnist');
  const read = (name: string, shape: number[]) => {
    const path = join(folder, `${name}.gz`);
    return parseIdx(gunzipSync(readFileSync(path)), shape, path);
  };
  return Buffer.concat([
    read('train-images-idx3-ubyte', [60_000, 28, 28]),
    read('t10k-images-idx3-ubyte', [10_000, 28, 28]),
    read('train-labels-idx1-ubyte', [60_000]),
    read('t10k-labels-idx1-ubyte', [10_000]),
  ]);
}
