import { randomStream } from '../data/random.ts';

type Altered = (image: Uint8Array, shape: readonly number[]) => Uint8Array;

/** Images of levels [H, W, C] that no longer show what they did, by what was done to them. */
export const altered: Record<string, Altered> = {
  /** The mean level of each colour everywhere. */
  flat: (image, [, , colours]) => {
    const means = Array.from({ length: colours }, (_, c) => {
      const channel = image.filter((_, i) => i % colours === c);
      return Math.round(channel.reduce((a, b) => a + b, 0) / channel.length);
    });
    return image.map((_, i) => means[i % colours]);
  },
  /** A third as bright: smoother than any that it was trained on, where black is the ground. */
  faint: (image) => image.map((level) => Math.round(level / 3)),
  /** The mean of each pixel and its neighbours. */
  smooth(image, [height, width, colours]) {
    return image.map((_, i) => {
      const [y, x, c] = [
        Math.floor(i / colours / width),
        Math.floor(i / colours) % width,
        i % colours,
      ];
      let [sum, count] = [0, 0];
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          sum += image[(v * width + u) * colours + c];
          count++;
        }
      }
      return Math.round(sum / count);
    });
  },
  /** The same pixels in any order. */
  shuffled(image, [height, width, colours]) {
    const { uniform } = randomStream(0, 2);
    const order = Array.from({ length: height * width }, (_, i) => ({ i, key: uniform() }));
    order.sort((a, b) => a.key - b.key);
    return image.map((_, i) => image[order[Math.floor(i / colours)].i * colours + (i % colours)]);
  },
};
