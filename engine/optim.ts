import { demand } from './errors.ts';
import { pack } from './ops/parts.ts';
import { add, clamp, div, minimum, mul, sqrt, square, sub } from './ops/pointwise.ts';
import { norm as normOf } from './ops/reduce.ts';
import { currentRecording } from './recording.ts';
import { type Arg, dims, type Tensor, type Variable } from './tensor.ts';
import { flatten, layoutOf, likeTree, variablesOf } from './tree.ts';

/** An optimiser of a tree of variables, which it keeps side by side in one flat buffer. */
export interface Optimiser {
  /**
   * Updates all variables, in one dispatch. Inside a step. Gradients come in the order of
   * `variables`; `lr` replaces the learning rate this time, `clip` bounds the norm of all gradients
   * together (Pascanu et al. 2013, arXiv 1211.5063), `bound` keeps what it updates within −bound..bound.
   * Returns the norm when it was asked for.
   */
  update(grads: readonly Tensor[], options?: UpdateOptions): Tensor | null;
  /** What it updates, in order. */
  readonly variables: readonly Variable[];
  /** State to save besides the variables: moments, by name. */
  readonly state: Readonly<Record<string, Variable>>;
  /** Updates so far. Save and restore it with a checkpoint. */
  updates: number;
}

/** What may differ from update to update. */
export interface UpdateOptions {
  lr?: number;
  clip?: number;
  bound?: number;
}

/** Where p goes by the gradient g, at update number t from 1. */
type Rule = (p: Variable, g: Tensor, lr: number, t: number) => Tensor;

function optimiser(
  tree: unknown,
  lr: number,
  state: Record<string, Variable>,
  rule: Rule,
  flat: Variable,
): Optimiser {
  const variables = variablesOf(tree);
  const layout = layoutOf(variables.map((v) => v.size));
  const self: Optimiser = {
    variables,
    state,
    updates: 0,
    update(grads, options = {}) {
      const recording = currentRecording();
      demand(recording !== null, () => 'update: called outside step(). Update inside the step.');
      demandGradients(variables, grads);
      let g = pack(grads, layout);
      let norm: Tensor | null = null;
      if (options.clip !== undefined) {
        norm = normOf(g);
        g = mul(g, minimum(1, div(options.clip, add(norm, 1e-6))));
      }
      const pending = recording.effects.filter((e) => e === count).length;
      const next = rule(flat, g, options.lr ?? lr, self.updates + pending + 1);
      const { bound } = options;
      flat.assign(bound === undefined ? next : clamp(next, -bound, bound));
      recording.effects.push(count);
      return norm;
    },
  };
  const count = (): void => {
    self.updates++;
  };
  return self;
}

function demandGradients(variables: readonly Variable[], grads: readonly Tensor[]): void {
  demand(
    grads.length === variables.length,
    () => `update: ${grads.length} gradients for ${variables.length} variables. Give one for each.`,
  );
  grads.forEach((g, i) => {
    demand(
      dims(g) === dims(variables[i]),
      () =>
        `update: gradient ${i} is ${dims(g)}, '${variables[i].name}' is ${dims(variables[i])}. ` +
        'Call grad with the variables in the same order.',
    );
  });
}

const zeros = (flat: Variable, name: string): Variable =>
  flat.gpu.createVariable(flat.shape, 'f32', name);

export interface AdamOptions {
  /** Learning rate, 1e-3. */
  lr?: number;
  /** Decay of the first moment, 0.9. */
  beta1?: number;
  /** Decay of the second moment, 0.999. */
  beta2?: number;
  /** Added to the root of the second moment, 1e-8. */
  eps?: number;
  /** Decoupled weight decay per update, times the learning rate: AdamW. 0. */
  weightDecay?: number;
}

/**
 * Adam (Kingma & Ba 2014, arXiv 1412.6980, algorithm 1), with decoupled weight decay when asked for
 * (AdamW: Loshchilov & Hutter 2017, arXiv 1711.05101).
 */
export function adam(tree: unknown, options: AdamOptions = {}): Optimiser {
  const { lr = 1e-3, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options;
  const flat = flatten(variablesOf(tree));
  const state = { m: zeros(flat, 'adam m'), v: zeros(flat, 'adam v') };
  return optimiser(
    tree,
    lr,
    state,
    (p, g, rate, t) => {
      const m = add(mul(state.m, beta1), mul(g, 1 - beta1));
      const v = add(mul(state.v, beta2), mul(square(g), 1 - beta2));
      const scale = 1 / Math.sqrt(1 - beta2 ** t); // undoes the start of v at zero
      const step = div(m, add(mul(sqrt(v), scale), eps));
      const decayed = weightDecay ? mul(p, 1 - rate * weightDecay) : p;
      state.m.assign(m);
      state.v.assign(v);
      return sub(decayed, mul(step, rate / (1 - beta1 ** t)));
    },
    flat,
  );
}

/** Adam with decoupled weight decay, 0.01 unless given (arXiv 1711.05101). */
export const adamW = (tree: unknown, options: AdamOptions = {}): Optimiser =>
  adam(tree, { weightDecay: 0.01, ...options });

/** Gradient descent, with momentum (Polyak) as PyTorch defines it: b ← μ b + g, p ← p − lr · b. */
export function sgd(
  tree: unknown,
  { lr = 0.01, momentum = 0 }: { lr?: number; momentum?: number } = {},
): Optimiser {
  const flat = flatten(variablesOf(tree));
  const state: Record<string, Variable> = momentum ? { momentum: zeros(flat, 'momentum') } : {};
  return optimiser(
    tree,
    lr,
    state,
    (p, g, rate) => {
      const b = momentum ? add(mul(state.momentum, momentum), g) : g;
      if (momentum) state.momentum.assign(b);
      return sub(p, mul(b, rate));
    },
    flat,
  );
}

/** RMSProp (Hinton 2012, lecture 6e): divides by a running root mean square of the gradient. */
export function rmsProp(
  tree: unknown,
  { lr = 0.01, decay = 0.99, eps = 1e-8 }: { lr?: number; decay?: number; eps?: number } = {},
): Optimiser {
  const flat = flatten(variablesOf(tree));
  const state = { v: zeros(flat, 'rmsProp v') };
  return optimiser(
    tree,
    lr,
    state,
    (p, g, rate) => {
      const v = add(mul(state.v, decay), mul(square(g), 1 - decay));
      state.v.assign(v);
      return sub(p, mul(div(g, add(sqrt(v), eps)), rate));
    },
    flat,
  );
}

/** A running average of a tree of variables. */
export interface Average<T> {
  /** A tree like the averaged one, to run the model with. */
  readonly tree: T;
  /** All of it as one flat variable: the state to save. */
  readonly flat: Variable;
  /** average ← decay · average + (1 − decay) · variables. Inside a step, after the update. */
  update(decay?: Arg): void;
}

/** Exponential moving average of weights, starting at their values now. */
export function ema<T>(tree: T, decay = 0.999): Average<T> {
  const flat = flatten(variablesOf(tree));
  const average = likeTree(tree, flat, 'ema');
  average.flat.assign(flat as Variable);
  return {
    ...average,
    update: (d = decay) => {
      average.flat.assign(add(mul(average.flat, d), mul(flat, sub(1, d))));
    },
  };
}

/** Learning-rate schedules: the factor at update t (from 0) of `total`. */
export const schedules = {
  /** 1 all along. */
  constant: (): number => 1,
  /** From 0 to 1 in `warm` updates, then 1. */
  warmUp: (t: number, warm: number): number => Math.min(1, (t + 1) / warm),
  /** Half a cosine from 1 to 0 (Loshchilov & Hutter 2016, arXiv 1608.03983). */
  cosine: (t: number, total: number): number => 0.5 * (1 + Math.cos((Math.PI * t) / total)),
  /** 1 for the first half, then a straight line to `least`. */
  linearTail: (t: number, total: number, least = 0.01): number =>
    Math.min(1, 2 * (1 - t / total) + least),
};
