import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as o from '../engine/index.ts';
import type { Tensor } from '../engine/index.ts';
import { calls } from './api.ts';
import { ready } from './open.ts';

// A wrong call must say which op, which shapes, and what to do: `op: what, with shapes. Remedy.`

let gpu: o.Gpu;
beforeAll(async () => {
  gpu = await ready();
});
afterAll(async () => {
  await ready();
});

const f = (...shape: number[]): Tensor => o.broadcastTo(0, shape);
const u = (...shape: number[]): Tensor => o.cast(f(...shape), 'u32');
// Callers without types make these mistakes; TypeScript refuses them.
// biome-ignore lint/suspicious/noExplicitAny: wrong on purpose
const any = (x: unknown): any => x;

const rows: [RegExp, () => unknown][] = [
  [/^add: .*\[2, 3\] and \[4\]\. .*reshape/, () => o.add(f(2, 3), f(4))],
  [/^mul: dtypes differ: \[2\] f32, \[2\] u32\. .*cast/, () => o.mul(f(2), u(2))],
  [/^sin: \[2\] is u32, expected f32\. .*cast/, () => o.sin(u(2))],
  [/^where: dtypes differ: \[2\] f32, \[2\] u32\. .*cast/, () => o.where(u(2), f(2), u(2))],
  [/^leakyRelu: slope .* -1\. Use where/, () => o.leakyRelu(f(2), -1)],
  [/^sub: expected a tensor.* an array\. Wrap .*tensor\(/, () => o.sub(any([1, 2]), 1)],
  [/^exp: expected a tensor.* a promise\. /, () => o.exp(any(Promise.resolve(1)))],
  [/^log: expected a tensor.* undefined\. /, () => o.log(any(undefined))],
  [/^cast: .*u8.*\. /, () => o.cast(f(2), any('u8'))],

  [/^sum: axis 2 .*2 dimensions\. Use -2 to 1/, () => o.sum(f(3, 4), 2)],
  [/^mean: axes \[0, ?-2\] of \[3, 4\] .*twice\. Name each once/, () => o.mean(f(3, 4), [0, -2])],
  [/^max: \[0, 4\] .*axes \[0\]\. Check for empty/, () => o.max(f(0, 4), 0)],
  [/^argmin: \[2, 0\] .*\. Check for empty/, () => o.argmin(f(2, 0), 1)],
  [/^prod: \[2\] is u32, expected f32\. .*cast/, () => o.prod(u(2))],
  [/^softmax: axis 3 .*\. Use -2 to 1/, () => o.softmax(f(2, 3), 3)],
  [/^cumsum: axis -3 .*\. Use -2 to 1/, () => o.cumsum(f(2, 3), -3)],
  [/^topK: .*\b5\b.*\[2, 3\].*\. \w/, () => o.topK(f(2, 3), 5)],
  [
    /^blockDistances: rows \[2, 3\] and \[2, 4\].*\. Reshape/,
    () => o.blockDistances({ rows: f(2, 3), squares: f(2) }, { rows: f(2, 4), squares: f(2) }),
  ],

  [/^matmul: .*\[5, 7\].*\[6, 3\].*\. \w/, () => o.matmul(f(5, 7), f(6, 3))],
  [/^matmul: .*\[5, 7\].*\[5, 3\].*\. \w/, () => o.matmul(f(5, 7), f(5, 3), { tb: true })],
  [/^matmul: .*\[7\].*\. .*reshape/, () => o.matmul(f(5, 7), f(7))],
  [/^matmul: .*\[2, 5, 7\].*\[3, 7, 4\].*\. \w/, () => o.matmul(f(2, 5, 7), f(3, 7, 4))],
  [/^matmul: .*u32.*\. .*cast/, () => o.matmul(u(2, 2), u(2, 2))],
  [
    /^conv2d: .*\[1, 5, 5, 3\].*\[3, 3, 2, 4\].*\. \w/,
    () => o.conv2d(f(1, 5, 5, 3), f(3, 3, 2, 4)),
  ],
  [/^conv2d: .*\[5, 5, 3\].*\. \w/, () => o.conv2d(f(5, 5, 3), f(3, 3, 3, 4))],
  [
    /^conv2d: a window of \[3, ?3\].*into \[2, ?5\].*\. Use a smaller/,
    () => o.conv2d(f(1, 2, 5, 3), f(3, 3, 3, 4)),
  ],
  [/^conv2d: .*\b3\b.*groups.*\. \w/, () => o.conv2d(f(1, 5, 5, 6), f(3, 3, 2, 4), { groups: 3 })],
  [/^conv1d: .*\[5, 3\].*\. \w/, () => o.conv1d(f(5, 3), f(3, 3, 4))],
  [
    /^maxPool2d: a window of \[3, ?3\].*into \[2, ?2\].*\. Use a smaller/,
    () => o.maxPool2d(f(1, 2, 2, 1), { size: 3 }),
  ],
  [
    /^resizeBilinear: size is \[0, ?4\], expected .*\[H, W\].*at least 1/,
    () => o.resizeBilinear(f(1, 2, 2, 1), [0, 4]),
  ],

  [/^reshape: \[2, 3\] has 6 .*\[4, 2\] has 8\. \w/, () => o.reshape(f(2, 3), [4, 2])],
  [/^reshape: \[2, 3\] .*\[-1, 4\].*\. \w/, () => o.reshape(f(2, 3), [-1, 4])],
  [/^permute: order \[0, ?0\] .*\[2, 3\]\. \w/, () => o.permute(f(2, 3), [0, 0])],
  [/^slice: 2 ranges for \[5\]\. \w/, () => o.slice(f(5), [null, null])],
  [/^slice: step 0\. \w/, () => o.slice(f(5), [[0, 5, 0]])],
  [/^broadcastTo: .*\[2, 3\].*\[3\].*\. \w/, () => o.broadcastTo(f(2, 3), [3])],
  [/^flip: axis 1 .*1 dimensions\. Use/, () => o.flip(f(3), 1)],
  [/^pad: .*\[2, 3\].*\. \w/, () => o.pad(f(2, 3), [[1, 1]])],
  [/^concat: .*\[2, 3\].*\[3, 4\].*\. \w/, () => o.concat([f(2, 3), f(3, 4)], 0)],
  [/^concat: .*\. \w/, () => o.concat([], 0)],
  [/^stack: .*\[2\].*\[3\].*\. \w/, () => o.stack([f(2), f(3)], 0)],
  [/^split: .*\[2, 5\].*\. \w/, () => o.split(f(2, 5), 2, 1)],
  [/^split: .*\[2, 5\].*\. \w/, () => o.split(f(2, 5), [1, 2], 1)],
  [/^gather: .*f32.*\. .*cast/, () => o.gather(f(5, 2), f(3))],
  [/^gather: axis 2 .*\. Use/, () => o.gather(f(5, 2), u(3), 2)],
  [/^segmentMax: .*\[4, 2\].*\[3\].*\. \w/, () => o.segmentMax(f(4, 2), u(3), 5)],
  [/^segmentSum: .*\[4, 2\].*\[3\].*\. \w/, () => o.segmentSum(f(4, 2), u(3), 5)],
  [/^scatterAdd: .*\[4, 2\].*\[3\].*\. \w/, () => o.scatterAdd(f(4, 2), u(3), 5)],
  [/^oneHot: .*\[3\].*f32.*\. .*cast/, () => o.oneHot(f(3), 4)],
  [/^tril: .*\[3\].*\. \w/, () => o.tril(f(3))],
  [/^logAbsDet: .*\[2, 3\].*\. \w/, () => o.logAbsDet(f(2, 3))],
  [/^inverse: .*\[3\].*\. \w/, () => o.inverse(f(3))],
  [/^triangularSolve: .*\[3, 3\].*\[4, 2\].*\. \w/, () => o.triangularSolve(f(3, 3), f(4, 2))],
  [/^layerNorm: .*\[2, 5\].*\[4\].*\. \w/, () => o.layerNorm(f(2, 5), f(4))],
  [/^groupNorm: .*\b4\b.*\[2, 3, 6\].*\. \w/, () => o.groupNorm(f(2, 3, 6), 4)],
  [
    /^attention: .*\[1, 2, 5, 4\].*\[1, 2, 5, 3\].*\. \w/,
    () => o.attention(f(1, 2, 5, 4), f(1, 2, 5, 3), f(1, 2, 5, 3)),
  ],
  [/^crossEntropy: .*f32.*\. .*cast/, () => o.crossEntropy(f(5, 4), f(5))],

  [/^grad: expected a scalar, got \[2\]\. .*sum\(\)/, () => o.grad(f(2), [f(2)])],
  [/^vjp: .*\[3\].*\[2\].*\. \w/, () => o.vjp(f(2), [f(2)], f(3))],
  [/^tensor: \[2, 2\] needs 4 numbers, got 3\. \w/, () => o.tensor([1, 2, 3], [2, 2])],
  [/^tensor: Float64Array .*\. Use Float32Array/, () => o.tensor(any(new Float64Array(2)))],
  [/^variable: \[2, -1\] is no shape\. \w/, () => o.variable(null, [2, -1])],
  [/^variable: without values .*shape\. \w/, () => o.variable(null)],
];

describe('wrong arguments', () => {
  test.each(rows)('%s', (message, call) => {
    expect(call).toThrow(message);
    expect(() => gpu.step(call)()).toThrow(message);
  });
});

describe('variables', () => {
  const made = (): o.Variable => o.variable([1, 2, 3], [3], { name: 'w' });
  const gone = (): o.Variable => {
    const w = made();
    w.dispose();
    return w;
  };
  const wrong: [RegExp, () => unknown][] = [
    [/^assign: 'w' \[3\] f32 got \[2\] f32\. .*same shape/, () => made().assign(f(2))],
    [/^assign: 'w' \[3\] f32 got \[3\] u32\. .*cast/, () => made().assign(u(3))],
    [
      /^assign: 'w' \[3\] f32 got \[2\] f32\. /,
      () => gpu.step((w: o.Variable) => w.assign(f(2)))(made()),
    ],
    [/^write: 'w' \[3\] expected 3 numbers, got 2\. \w/, () => made().write([1, 2])],
    [
      /^write: 'w' \[3\] inside step\(\)\. Use assign/,
      () => gpu.step((w: o.Variable) => w.write([1, 2, 3]))(made()),
    ],
    [/'w' \[3\]: used after dispose\(\)\. \w/, () => o.add(gone(), 1)],
    [/'w' \[3\]: used after dispose\(\)\. \w/, () => gone().assign(f(3))],
    [/'w' \[3\]: used after dispose\(\)\. \w/, () => gone().write([1, 2, 3])],
    [/'w' \[3\]: used after dispose\(\)\. \w/, () => gpu.step((w: o.Variable) => o.neg(w))(gone())],
    [
      /^sub: the optimiser reads .* 'w' \[3\] was assigned in this step\. Assign after the update/,
      () => {
        const w = made();
        const optimiser = o.sgd([w], { lr: 0.1 });
        gpu.step(() => {
          w.assign(o.mul(w, 2));
          optimiser.update([f(3)]);
        })();
      },
    ],
    [
      /^grad: variable 'w' \[3\] was assigned after its use in y\. Call grad before/,
      () =>
        gpu.step((w: o.Variable) => {
          const y = o.sum(o.square(w));
          w.assign(o.mul(w, 2));
          return o.grad(y, [w]);
        })(made()),
    ],
  ];
  test.each(wrong)('%s', (message, call) => {
    expect(call).toThrow(message);
  });
});

describe('steps', () => {
  test('inside steps', () => {
    const inner = gpu.step(() => f(1));
    expect(() => gpu.step(() => inner())()).toThrow(/^step: .*another step\. \w/);
    expect(inner().shape).toEqual([1]);
  });

  test('of async functions', () => {
    expect(() => gpu.step(async () => f(1))()).toThrow(/^step: .*promise\. .*synchronous/);
  });

  test('reading inside', async () => {
    let read: Promise<unknown> = Promise.resolve();
    gpu.step(() => {
      read = o.add(f(2), 1).data();
      read.catch(() => {});
    })();
    await expect(read).rejects.toThrow(/^add: .*\[2\].*inside step\(\).*\. Return the tensor/);
  });

  test('item of several', async () => {
    await expect(f(2).item()).rejects.toThrow(/^item: .*\[2\]\. Use data\(\)/);
  });

  test('tensors not returned, by op and line', async () => {
    let kept: Tensor | null = null;
    gpu.step(() => {
      kept = o.softmax(f(2, 3));
      return o.sum(kept);
    })();
    const stale =
      /^stale tensor: '.*' \[2, 3\] from .*errors\.test\.ts:\d+ .*not returned.*\. .*assign/;
    await expect(kept!.data()).rejects.toThrow(stale);
    expect(() => o.add(kept!, 1)).toThrow(stale);
    expect(() => gpu.step(() => o.add(kept!, 1))()).toThrow(stale);
  });

  test('results of an earlier run, by op and line', () => {
    const step = gpu.step((v: number) => o.add(f(2), v));
    const old = step(1);
    step(2);
    const stale =
      /^stale tensor: 'add' \[2\] from .*errors\.test\.ts:\d+ .*earlier run.*\. .*before the next run/;
    expect(() => o.neg(old)).toThrow(stale);
    expect(() => gpu.step(() => o.neg(old))()).toThrow(stale);
  });

  test('that throw leave nothing behind', async () => {
    const step = gpu.step((bad: boolean) => {
      if (bad) throw new Error('mine');
      return o.add(f(1), 1);
    });
    expect(() => step(true)).toThrow('mine');
    expect(await step(false).item()).toBe(1);
  });
});

describe('limits', () => {
  test('a tensor larger than a binding, before any GPU work', () => {
    const counted = calls(() => {
      const message = /^broadcastTo: .*\[65536, 65536\] needs 17179869184 bytes.*\d+\. \w/;
      expect(() => gpu.step(() => o.sum(f(65536, 65536)))()).toThrow(message);
    });
    expect(counted).toMatchObject({ buffers: 0, submits: 0, pipelines: 0 });
  });

  test('a variable larger than a binding', () => {
    expect(() => o.variable(null, [2 ** 20, 2 ** 12], { name: 'w' })).toThrow(
      /^w \[1048576, 4096\]: needs 17179869184 bytes.*\d+\. \w/,
    );
  });
});
