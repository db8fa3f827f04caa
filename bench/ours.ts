import {
  adam as adamOf,
  add,
  bceWithLogits,
  conv2d,
  type Choice,
  type Gpu,
  grad,
  matmul,
  mean,
  mse,
  mul,
  nn,
  open,
  relu,
  softmax,
  sub,
  type Tensor,
  type Tuning,
  type Variable,
  variable,
  vjp,
} from '../engine/index.ts';
import { adam } from './network.ts';
import { OURS } from './report.ts';
import type { Contestant, Inputs, Problem, Work } from './types.ts';

/** The engine that the problem at hand is built on. */
let gpu: Gpu;

/** A step that is called again and again; its results are read where they lie. */
function working(fn: () => Tensor[]): Work {
  const own = gpu;
  const step = gpu.step(fn);
  let out: Tensor[] = [];
  return {
    compile: () => step.prepare(),
    call() {
      out = step();
    },
    settle: () => own.idle(),
    read: () => Promise.all(out.map((value) => value.data() as Promise<Float32Array>)),
  };
}

function product({ m, n, k }: Problem & { kind: 'matmul' }, inputs: Inputs): Work {
  const a = variable(inputs.a, [m, k]);
  const b = variable(inputs.b, [k, n]);
  return working(() => [matmul(a, b)]);
}

function convolution(problem: Problem & { kind: 'conv' }, inputs: Inputs): Work {
  const { batch, height, width, cin, cout, size, backward } = problem;
  const x = variable(inputs.x, [batch, height, width, cin]);
  const w = variable(inputs.w, [size, size, cin, cout]);
  const g = variable(inputs.g, [batch, height, width, cout]);
  return working(() => {
    const y = conv2d(x, w, { padding: 'same' });
    return backward ? [y, ...vjp(y, [x, w], g)] : [y];
  });
}

function training({ widths, batch, loss }: Problem & { kind: 'train' }, inputs: Inputs): Work {
  const top = widths.length - 2;
  const layers = widths.slice(1).map((width, i) => ({
    weight: variable(inputs[`w${i}`], [widths[i], width]),
    bias: variable(inputs[`b${i}`], [width]),
  }));
  const x = variable(inputs.x, [batch, widths[0]]);
  const y = variable(inputs.y, [batch, widths[top + 1]]);
  const optimiser = adamOf(layers, adam);
  return working(() => {
    let h: Tensor | Variable = x;
    layers.forEach((layer, i) => {
      const z = nn.linear(layer, h);
      h = i < top ? relu(z) : z;
    });
    const value = loss === 'mse' ? mse(h, y) : mean(bceWithLogits(h, y));
    optimiser.update(grad(value, optimiser.variables));
    return [value];
  });
}

/** A long graph on an [8, 8] tensor, so that only JS counts. */
function small({ ops, mix }: Problem & { kind: 'host' }, inputs: Inputs): Work {
  const x = variable(inputs.x, [8, 8]);
  const w = variable(inputs.w, [8, 8]);
  const b = variable(inputs.b, [8]);
  const pointwise = [
    (h: Tensor) => mul(h, w),
    (h: Tensor) => add(h, b),
    (h: Tensor) => relu(h),
    (h: Tensor) => sub(h, 0.5),
  ];
  const mixed = [
    (h: Tensor) => matmul(h, w),
    (h: Tensor) => add(h, b),
    (h: Tensor) => relu(h),
    (h: Tensor) => softmax(h),
  ];
  const chain = mix === 'pointwise' ? pointwise : mixed;
  return working(() => {
    let h = mul(x, 1);
    for (let i = 1; i < ops; i++) h = chain[i % chain.length](h);
    return [h];
  });
}

/** Eightfold, through its public surface, with some rows of the table of variants `forced`. */
function eightfold(name: string, forced: Tuning): Contestant {
  let choices: Choice[] = [];
  return {
    name,
    async open(tuning = {}) {
      choices = [];
      gpu = await open({ tuning: merged(tuning, forced) });
      gpu.onChoice = (choice) => choices.push(choice);
    },
    choices: () => distinct(choices),
    async prepare(problem, inputs) {
      switch (problem.kind) {
        case 'matmul':
          return product(problem, inputs);
        case 'conv':
          return convolution(problem, inputs);
        case 'train':
          return training(problem, inputs);
        case 'host':
          return small(problem, inputs);
      }
    },
  };
}

/** A table with other rows in the place of its own; `*` takes the place of all of a contract. */
function merged(tuning: Tuning, rows: Tuning): Tuning {
  const contracts = Object.entries(rows).map(([contract, buckets]) => [
    contract,
    '*' in buckets ? buckets : { ...tuning[contract], ...buckets },
  ]);
  return { ...tuning, ...Object.fromEntries(contracts) };
}

/** Each choice once: planning asks more than once. */
const distinct = (choices: readonly Choice[]): Choice[] => [
  ...new Map(choices.map((c) => [`${c.contract} ${c.bucket}`, c])).values(),
];

export const contestant: Contestant = {
  ...eightfold(OURS, {}),
  force: (variants) =>
    variants.map((forced) => {
      const { contract, bucket, variant } = forced;
      const name = `${contract}/${variant}${bucket === '*' ? '' : ` at ${bucket}`}`;
      return { ...eightfold(name, { [contract]: { [bucket]: [variant] } }), forced };
    }),
};
