/**
 * Images [n, H, W, C] averaged over the smallest squares that leave each at most `most` numbers; what is left
 * at the margins is dropped.
 */
export function shrink(
  images: Float32Array<ArrayBuffer>,
  [height, width, channels]: readonly number[],
  most: number,
): Float32Array<ArrayBuffer> {
  const size = height * width * channels;
  const side = Math.ceil(Math.sqrt(size / most));
  if (side === 1) return images;
  const [rows, columns] = [Math.floor(height / side), Math.floor(width / side)];
  const small = new Float32Array((images.length / size) * rows * columns * channels);
  images.forEach((v, at) => {
    const [image, c] = [Math.floor(at / size), at % channels];
    const place = Math.floor((at % size) / channels);
    const [y, x] = [Math.floor(place / width / side), Math.floor((place % width) / side)];
    if (y < rows && x < columns) {
      small[((image * rows + y) * columns + x) * channels + c] += v / side ** 2;
    }
  });
  return small;
}
