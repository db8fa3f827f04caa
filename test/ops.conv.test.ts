import { table } from './check.ts';
import { distinct, normal } from './inputs.ts';
import { row, terms } from './rows.ts';

const image = normal([2, 5, 6, 3]);
const filter = normal([3, 3, 3, 4], 0.5);
const conv = { ...terms(27), probes: 12 };

table('convolution', [
  row('conv2d', (o, x, w) => o.conv2d(x, w), [image, filter], conv),
  row('conv2d same', (o, x, w) => o.conv2d(x, w, { padding: 'same' }), [image, filter], conv),
  row('conv2d valid', (o, x, w) => o.conv2d(x, w, { padding: 'valid' }), [image, filter], conv),
  row(
    'conv2d, stride 2, padding 1',
    (o, x, w) => o.conv2d(x, w, { stride: 2, padding: 1 }),
    [image, filter],
    conv,
  ),
  row(
    'conv2d same, stride 2',
    (o, x, w) => o.conv2d(x, w, { stride: 2, padding: 'same' }),
    [image, filter],
    conv,
  ),
  row(
    'conv2d, stride [1, 3]',
    (o, x, w) => o.conv2d(x, w, { stride: [1, 3], padding: [2, 0] }),
    [normal([1, 4, 7, 2]), normal([2, 3, 2, 3])],
    { ...terms(12), probes: 12 },
  ),
  row(
    'conv2d, padded unevenly',
    (o, x, w) =>
      o.conv2d(x, w, {
        padding: [
          [2, 0],
          [1, 3],
        ],
      }),
    [normal([1, 3, 4, 2]), normal([3, 2, 2, 2])],
    { ...terms(12), probes: 12 },
  ),
  row(
    'conv2d, dilated',
    (o, x, w) => o.conv2d(x, w, { dilation: 2, padding: 2 }),
    [image, filter],
    conv,
  ),
  row(
    'conv2d, dilation [2, 1]',
    (o, x, w) => o.conv2d(x, w, { dilation: [2, 1], stride: [2, 1] }),
    [normal([1, 7, 4, 2]), normal([3, 2, 2, 3])],
    { ...terms(12), probes: 12 },
  ),
  row(
    'conv2d, 2 groups',
    (o, x, w) => o.conv2d(x, w, { groups: 2, padding: 1 }),
    [normal([1, 4, 3, 4]), normal([3, 3, 2, 6])],
    { ...terms(18), probes: 12 },
  ),
  row(
    'conv2d, depthwise',
    (o, x, w) => o.conv2d(x, w, { groups: 3, padding: 'same' }),
    [normal([1, 4, 5, 3]), normal([3, 3, 1, 3])],
    { ...terms(9), probes: 12 },
  ),
  row('conv2d 1x1', (o, x, w) => o.conv2d(x, w), [image, normal([1, 1, 3, 5])], {
    ...terms(3),
    probes: 12,
  }),
  row(
    'conv2d of 1 pixel',
    (o, x, w) => o.conv2d(x, w, { padding: 1 }),
    [normal([1, 1, 1, 1]), normal([3, 3, 1, 1])],
    terms(9),
  ),
  row(
    'conv2d, filter as large as the image',
    (o, x, w) => o.conv2d(x, w),
    [normal([2, 4, 4, 1]), normal([4, 4, 1, 3])],
    { ...terms(16), probes: 12 },
  ),
  row(
    'conv2d of 8 channels to 16',
    (o, x, w) => o.conv2d(x, w, { padding: 1 }),
    [normal([1, 5, 5, 8]), normal([3, 3, 8, 16], 0.3)],
    { ...terms(72), probes: 4 },
  ),
  row(
    'conv2d, 4x4 stride 2',
    (o, x, w) => o.conv2d(x, w, { stride: 2, padding: 1 }),
    [normal([1, 6, 6, 4]), normal([4, 4, 4, 4], 0.3)],
    { ...terms(64), probes: 6 },
  ),
  row(
    'conv2d of no images',
    (o, x, w) => o.conv2d(x, w),
    [normal([0, 4, 4, 2]), normal([3, 3, 2, 2])],
    terms(18),
  ),
  row(
    'conv2dInput',
    (o, g, w) => o.conv2dInput(g, w, { inputShape: [2, 5, 6, 3], stride: 2, padding: 1 }),
    [normal([2, 3, 3, 4]), filter],
    { ...terms(36), probes: 12 },
  ),
  row(
    'conv2dInput, 2 groups',
    (o, g, w) => o.conv2dInput(g, w, { inputShape: [1, 4, 3, 4], groups: 2, padding: 1 }),
    [normal([1, 4, 3, 6]), normal([3, 3, 2, 6])],
    { ...terms(54), probes: 12 },
  ),
  row(
    'conv2dWeight',
    (o, x, g) => o.conv2dWeight(x, g, { weightShape: [3, 3, 3, 4], stride: 2, padding: 1 }),
    [image, normal([2, 3, 3, 4])],
    { ...terms(18), probes: 12 },
  ),
  row(
    'conv2dWeight, dilated groups',
    (o, x, g) => o.conv2dWeight(x, g, { weightShape: [2, 2, 1, 4], dilation: 2, groups: 2 }),
    [normal([1, 4, 5, 2]), normal([1, 2, 3, 4])],
    { ...terms(6), probes: 12 },
  ),
  row(
    'convTranspose2d, stride 2',
    (o, x, w) => o.convTranspose2d(x, w, { stride: 2, padding: 1 }),
    [normal([2, 3, 2, 4]), normal([4, 4, 3, 4])],
    { ...terms(64), probes: 12 },
  ),
  row(
    'convTranspose2d, same',
    (o, x, w) => o.convTranspose2d(x, w, { stride: [2, 3], padding: 'same' }),
    [normal([1, 2, 3, 2]), normal([3, 3, 1, 2])],
    terms(18),
  ),
  row(
    'convTranspose2d, one more',
    (o, x, w) => o.convTranspose2d(x, w, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
    [normal([1, 2, 2, 4]), normal([3, 3, 2, 4])],
    { ...terms(18), probes: 12 },
  ),
  row('conv1d', (o, x, w) => o.conv1d(x, w), [normal([2, 7, 3]), normal([3, 3, 4])], {
    ...terms(9),
    probes: 12,
  }),
  row(
    'conv1d, stride 2, padding 1',
    (o, x, w) => o.conv1d(x, w, { stride: 2, padding: 1 }),
    [normal([2, 7, 3]), normal([3, 3, 4])],
    { ...terms(9), probes: 12 },
  ),
  row(
    'conv1d, causal and dilated',
    (o, x, w) => o.conv1d(x, w, { padding: 'causal', dilation: 2 }),
    [normal([2, 7, 3]), normal([2, 3, 4])],
    { ...terms(6), probes: 12 },
  ),
  row(
    'conv1d same, 3 groups',
    (o, x, w) => o.conv1d(x, w, { padding: 'same', groups: 3 }),
    [normal([1, 6, 3]), normal([4, 1, 3])],
    { ...terms(4), probes: 12 },
  ),
]);

const exact = { ulps: 0, probes: 12 } as const;

table('pooling and resizing', [
  row('maxPool2d', (o, x) => o.maxPool2d(x, { size: 2 }), [distinct([2, 4, 6, 3])], exact),
  row(
    'maxPool2d, overlapping',
    (o, x) => o.maxPool2d(x, { size: 3, stride: 2, padding: 1 }),
    [distinct([1, 5, 7, 2])],
    exact,
  ),
  row(
    'maxPool2d, cut off',
    (o, x) => o.maxPool2d(x, { size: [2, 3] }),
    [distinct([1, 5, 7, 2])],
    exact,
  ),
  row('avgPool2d', (o, x) => o.avgPool2d(x, { size: 2 }), [normal([2, 4, 6, 3])], {
    ...terms(4),
    probes: 12,
  }),
  row(
    'avgPool2d, overlapping',
    (o, x) => o.avgPool2d(x, { size: 3, stride: 2, padding: 1 }),
    [normal([1, 5, 7, 2])],
    { ...terms(9), probes: 12 },
  ),
  row('avgPool2d of 1', (o, x) => o.avgPool2d(x, { size: 1 }), [normal([1, 1, 1, 1])], terms(1)),
  row('resizeNearest, twice', (o, x) => o.resizeNearest(x, [6, 8]), [normal([2, 3, 4, 3])], exact),
  row('resizeNearest, odd', (o, x) => o.resizeNearest(x, [5, 3]), [normal([1, 3, 4, 2])], exact),
  row('resizeBilinear, twice', (o, x) => o.resizeBilinear(x, [6, 8]), [normal([2, 3, 4, 3])], {
    ...terms(8),
    probes: 12,
  }),
  row('resizeBilinear, odd', (o, x) => o.resizeBilinear(x, [7, 3]), [normal([1, 3, 5, 2])], {
    ...terms(12),
    probes: 12,
  }),
  row(
    'resizeBilinear of 1 pixel',
    (o, x) => o.resizeBilinear(x, [2, 3]),
    [normal([1, 1, 1, 2])],
    terms(4),
  ),
]);
