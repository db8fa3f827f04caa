import {
  adam,
  add,
  broadcastTo,
  equal,
  matmul,
  mul,
  nn,
  permute,
  reshape,
  sigmoid,
  split,
  stack,
  sub,
  type Tensor,
  tanh,
  transpose,
  type Variable,
  variable,
  where,
} from '../../engine/index.ts';
import type { Config } from '../catalog.ts';
import {
  type Alphabet,
  costBy,
  descend,
  generate,
  lesson,
  placeOf,
  type Reader,
  type SequenceModel,
  startOf,
} from './sequence.ts';

/** The three gates r, z, n of a unit, one after another: weights [3, in, H] and biases [3, 1, H]. */
export interface Gates {
  readonly weight: Variable | Tensor;
  readonly bias: Variable | Tensor;
}

/**
 * Recurrent language model with gated units. K. Cho et al., Learning Phrase Representations using RNN
 * Encoder-Decoder for Statistical Machine Translation, 2014, arXiv 1406.1078.
 *
 *   log p(x) = Σ_t log p(x_t | x_<t),  p(x_t | x_<t) = softmax(W h_t + b)          eq. (1), (2)
 *   r = σ(W_r e + U_r h),  z = σ(W_z e + U_z h)                                    eq. (5), (6)
 *   n = tanh(W_n e + r ⊙ (U_n h)),  h_t = z ⊙ h + (1 − z) ⊙ n                      eq. (7), (8)
 *
 * with e = E[x_(t−1)] and h = h_(t−1), 0 at first; every product has a bias. `step` minimises the mean
 * of −log p(x_t | x_<t) over a batch, by gradients through all T steps.
 */
export function gru(config: Config<'gru'>, alphabet: Alphabet): SequenceModel {
  const { embedding, hidden } = config;
  const limit = 1 / Math.sqrt(hidden);
  const net = {
    symbols: nn.embedding.init(startOf(alphabet) + 1, embedding),
    input: gatesInit(limit, embedding, hidden),
    state: gatesInit(limit, hidden, hidden),
    head: nn.linear.init(hidden, alphabet.symbols),
  };
  const optimiser = adam(net);

  const logitsAfter = (inputs: Tensor, seen?: (vectors: Tensor) => void): Tensor => {
    const e = nn.embedding(net.symbols, transpose(inputs)); // [T, B, E]
    seen?.(e);
    const states = unrolled(net.input, net.state, e);
    return permute(nn.linear(net.head, states), [1, 0, 2]);
  };

  const cost = (x: Tensor) => costBy(logitsAfter, x, alphabet);

  const reader = (n: number): Reader => {
    const state = variable(null, [n, hidden], { name: 'state' });
    return {
      next(before, at) {
        const h = where(equal(placeOf(at), 0), 0, state);
        const e = nn.embedding(net.symbols, before); // [n, E]
        const next = unit(gated(net.input, e), gated(net.state, h), h);
        state.assign(next);
        return nn.linear(net.head, next);
      },
      dispose: () => state.dispose(),
    };
  };

  return {
    variables: net,
    optimisers: { optimiser },
    rows: config.batch,
    logits: (x, seen) => logitsAfter(lesson(x, { ...alphabet, ended: false }).inputs, seen),
    cost,
    reader,
    step: (x, i) => descend(optimiser, cost(x), config, i),
    sampler: (n, options) => generate(n, reader(n), alphabet, { ...config, ...options }),
  };
}

/** x [.., in] through all three gates at once: [3, .., H]. */
const gated = ({ weight, bias }: Gates, x: Tensor): Tensor => add(matmul(x, weight), bias);

/** The next state from what the gates make of input and state, each [3, B, H]: eq. (5) to (8). */
function unit(ofInput: Tensor, ofState: Tensor, h: Tensor): Tensor {
  const flat = (t: Tensor) => reshape(t, h.shape);
  const [er, ez, en] = split(ofInput, 3).map(flat);
  const [hr, hz, hn] = split(ofState, 3).map(flat);
  const r = sigmoid(add(er, hr));
  const z = sigmoid(add(ez, hz));
  const n = tanh(add(en, mul(r, hn)));
  return add(n, mul(z, sub(h, n)));
}

/**
 * States [T, B, H] after each of the inputs e [T, B, E], from 0. What does not wait for the state is
 * one product for all T.
 */
export function unrolled(input: Gates, state: Gates, e: Tensor): Tensor {
  const [steps, batch, width] = e.shape;
  const hidden = input.weight.shape[2];
  const products = gated(input, reshape(e, [steps * batch, width]));
  const byTime = permute(reshape(products, [3, steps, batch, hidden]), [1, 0, 2, 3]);
  let h = broadcastTo(0, [batch, hidden]);
  const states = split(byTime, steps).map((part) => {
    h = unit(reshape(part, [3, batch, hidden]), gated(state, h), h);
    return h;
  });
  return stack(states, 0);
}

const gatesInit = (limit: number, inputs: number, hidden: number): Gates => ({
  weight: nn.within(limit, [3, inputs, hidden], 'weight'),
  bias: nn.within(limit, [3, 1, hidden], 'bias'),
});

// Beside the paper: a language model instead of encoder and decoder, the reset gate after the product
// with U_n (as in cuDNN and PyTorch), biases, Adam, and gradients of norm 1 at most.
