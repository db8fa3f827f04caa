import { loadCheckpoint } from '../../../engine/io/checkpoint.ts';
import {
  maxPool2d,
  mul,
  nn,
  relu,
  reshape,
  seeded,
  sub,
  type Tensor,
  variablesOf,
} from '../../../engine/index.ts';
import { bytesAt } from '../../data/bytes.ts';
import type { FeatureNetwork } from './network.ts';
import { hasLenet, shipped } from './shipped.ts';

/**
 * LeNet-5. Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-Based Learning Applied to Document
 * Recognition, Proceedings of the IEEE 86 (11), 1998, section II.B.
 *
 *   C1 6 maps → S2 half → C3 16 maps → S4 half → C5 120 → F6 84 → 10 classes
 *
 * The 84 numbers of F6 are the features.
 */
export type LeNet = {
  readonly c1: nn.Conv;
  readonly c3: nn.Conv;
  readonly c5: nn.Linear;
  readonly f6: nn.Linear;
  readonly output: nn.Linear;
};

const [MAPS1, MAPS3, UNITS5, FEATURES, CLASSES] = [6, 16, 120, 84, 10];

/** By the height and width of images: the filters' size, the padding before C1 and C3, and S4's size. */
const LAYOUTS = {
  28: { filter: 5, padding: [2, 0], last: 5 }, // 28 → 14 → 10 → 5
  8: { filter: 3, padding: [1, 1], last: 2 }, // 8 → 4 → 4 → 2
} as const;

/** Height and width of the images of a LeNet. */
export type LeNetHeight = keyof typeof LAYOUTS;

/** An untrained LeNet for square grey images, with PyTorch's default weights. */
export function lenet(height: LeNetHeight): LeNet {
  const { filter, last } = LAYOUTS[height];
  return {
    c1: nn.conv.init(filter, 1, MAPS1),
    c3: nn.conv.init(filter, MAPS1, MAPS3),
    c5: nn.linear.init(last * last * MAPS3, UNITS5),
    f6: nn.linear.init(UNITS5, FEATURES),
    output: nn.linear.init(FEATURES, CLASSES),
  };
}

/** Features [B, 84] and logits [B, 10] of images [B, H, H, 1] of 0..1. In a step. */
export function runLenet({ c1, c3, c5, f6, output }: LeNet, x: Tensor) {
  const { padding } = LAYOUTS[x.shape[1] as LeNetHeight];
  const halved = (maps: Tensor) => maxPool2d(relu(maps), { size: 2 });
  const scaled = sub(mul(x, 1.275), 0.1); // mean about 0, variance about 1: section II.B
  const s2 = halved(nn.conv(c1, scaled, { padding: padding[0] }));
  const s4 = halved(nn.conv(c3, s2, { padding: padding[1] })); // [B, last, last, 16]
  const flat = reshape(s4, [x.shape[0], s4.size / x.shape[0]]);
  const features = relu(nn.linear(f6, relu(nn.linear(c5, flat))));
  return { features, logits: nn.linear(output, features) };
}

/** The trained LeNet for a data set. Throws where none is shipped. On the open engine. */
export async function openLenet(data: string): Promise<FeatureNetwork> {
  if (!hasLenet(data)) {
    throw new Error(
      `features: ${data}: expected one of ${Object.keys(shipped).join(', ')}, for which a trained ` +
        'LeNet is shipped.',
    );
  }
  const { height, file } = shipped[data];
  const bytes = await bytesAt(file);
  const weights = seeded(0, () => lenet(height));
  loadCheckpoint(bytes, weights);
  return {
    names: { frechet: 'Fréchet, LeNet features', score: 'classifier score' },
    features: FEATURES,
    classes: CLASSES,
    batch: 500,
    run: (x) => runLenet(weights, x),
    dispose() {
      for (const v of variablesOf(weights)) v.dispose();
    },
  };
}

// Beside the paper: maxima in place of trained means and rectifiers in place of tanh; every map of C3 sees
// all maps of S2; ten logits in place of distances to drawn digits; filters of 3×3 for 8×8 images.
