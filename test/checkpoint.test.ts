import { beforeAll, describe, expect, test } from 'vitest';
import {
  adam,
  type Gpu,
  grad,
  mean,
  nn,
  normal,
  square,
  sub,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '../engine/index.ts';
import { loadCheckpoint, saveCheckpoint } from '../engine/io/checkpoint.ts';
import { SafetensorsError, writeSafetensors } from '../engine/io/safetensors.ts';
import { seal } from '../engine/io/sealed.ts';
import { batches } from '../models/data/batches.ts';
import { ready } from './open.ts';

let gpu: Gpu;
beforeAll(async () => {
  gpu = await ready();
});

const bits = async (v: Variable) => new Uint32Array((await v.data()).slice().buffer);

test('every dtype and bit comes back, also of parts of a flat variable', async () => {
  const odd = new Float32Array(new Uint32Array([0x80000000, 1, 0x7fc00123, 0xff800000]).buffer);
  const tree = {
    layers: [nn.linear.init(3, 5), nn.linear.init(5, 2)],
    odd: variable(odd, [2, 2]),
    bytes: variable(new Uint8Array([1, 2, 3, 250, 5])),
    counts: variable(new Int32Array([-1, 7])),
    keys: variable(new Uint32Array([0xffffffff])),
  };
  const { state } = adam({ layers: tree.layers });
  state.m.assign(normal(state.m.shape));
  const all = { ...tree, state };
  const before = await Promise.all([tree.odd, state.m, tree.layers[1].weight].map(bits));
  const file = await saveCheckpoint(all, { step: 3, note: 'naïve "名"' });

  for (const v of [tree.odd, state.m, tree.layers[1].weight]) v.write(new Float32Array(v.size));
  tree.bytes.write(new Uint8Array(5));
  expect(loadCheckpoint(file, all)).toEqual({ step: 3, note: 'naïve "名"' });
  const after = await Promise.all([tree.odd, state.m, tree.layers[1].weight].map(bits));
  expect(after).toEqual(before);
  expect(await tree.bytes.data()).toEqual(new Uint8Array([1, 2, 3, 250, 5]));
  expect(await saveCheckpoint(all, { step: 3, note: 'naïve "名"' })).toEqual(file);
});

const file = (tensors: Record<string, number[]>) =>
  seal(
    new Map(
      Object.entries(tensors).map(([name, shape]) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return [name, { dtype: 'F32', shape, data: new Float32Array(size).fill(9) }];
      }),
    ),
    {},
  );

function damaged(): Uint8Array {
  const bytes = file({ a: [2], b: [2, 3] });
  bytes[bytes.length - 1] ^= 1;
  return bytes;
}

// What is wrong, its code, the message, the file. The tree is { a: [2], b: [2, 3] }.
const rows: [string, string, RegExp, () => Uint8Array][] = [
  [
    'missing tensor',
    'missing-tensor',
    /'b' \[2,3\] is not in the file\. Open/,
    () => file({ a: [2] }),
  ],
  [
    'wrong shape',
    'other-shape',
    /the model has F32 \[2,3\], the file F32 \[3,2\]/,
    () => file({ a: [2], b: [3, 2] }),
  ],
  ['wrong rank', 'other-shape', /the file F32 \[6\]/, () => file({ a: [2], b: [6] })],
  [
    'another model',
    'other-model',
    /'c' is in the file but not in the model/,
    () => file({ a: [2], b: [2, 3], c: [1] }),
  ],
  ['a flipped bit', 'damaged', /checksum differs.*use the previous checkpoint/, damaged],
  ['cut short', 'truncated', /cut short/, () => file({ a: [2], b: [2, 3] }).subarray(0, -4)],
  ['no checkpoint', 'not-a-checkpoint', /got 'no format'/, () => writeSafetensors([])],
  [
    'another format',
    'not-a-checkpoint',
    /got 'pt'/,
    () => writeSafetensors([], [['format', 'pt']]),
  ],
  ['an empty file', 'truncated', /expected at least 8/, () => new Uint8Array(0)],
];

describe('a checkpoint that does not fit changes nothing', () => {
  test.each(rows)('%s', async (_, code, message, make) => {
    const tree = { a: variable([1, 2]), b: variable(null, [2, 3]) };
    let seen: unknown;
    try {
      loadCheckpoint(make(), tree);
    } catch (error) {
      seen = error;
    }
    expect(seen).toBeInstanceOf(SafetensorsError);
    expect((seen as SafetensorsError).code).toBe(code);
    expect((seen as SafetensorsError).message).toMatch(message);
    expect(await tree.a.data()).toEqual(new Float32Array([1, 2]));
  });
});

test('training continues to the bit from a checkpoint, in another engine', async () => {
  const start = (seed: number) => {
    const net = [nn.linear.init(2, 8), nn.linear.init(8, 2)];
    const optimiser = adam(net, { lr: 0.01 });
    const walk = batches(100, 10, seed);
    const step = gpu.step((rows: Tensor) => {
      const x = normal([10, 2]);
      const y = nn.linear(net[1], nn.linear(net[0], x));
      const loss = mean(square(sub(y, rows)));
      optimiser.update(grad(loss, optimiser.variables));
      return loss;
    });
    const advance = () => step(mean(tensor(Float32Array.from(walk.next()))));
    return { net, optimiser, walk, step, advance, state: { net, adam: optimiser.state } };
  };
  const losses = async (run: ReturnType<typeof start>, n: number) => {
    const values: number[] = [];
    for (let i = 0; i < n; i++) values.push(await run.advance().item());
    return values;
  };

  gpu = await ready(5);
  const first = start(5);
  await losses(first, 12);
  const notes = {
    runs: first.step.runs,
    updates: first.optimiser.updates,
    cursor: first.walk.cursor,
  };
  const saved = await saveCheckpoint(first.state, notes);
  const expected = await losses(first, 12);

  gpu = await ready(5);
  const second = start(5);
  const read = loadCheckpoint(saved, second.state) as typeof notes;
  second.step.runs = read.runs;
  second.optimiser.updates = read.updates;
  second.walk.cursor = read.cursor;
  expect(await losses(second, 12)).toEqual(expected);
});
