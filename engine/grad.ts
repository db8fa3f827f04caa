import { demand, EightfoldError } from './errors.ts';
import { makeNode, scalarLeaf, toTensor } from './op.ts';
import { add, mul } from './ops/pointwise.ts';
import { sum } from './ops/reduce.ts';
import { broadcastTo, unbroadcast } from './ops/view.ts';
import { currentRecording } from './recording.ts';
import { type Arg, dims, type Node, type Tensor, Variable } from './tensor.ts';

let walks = 0;
/** A number for one walk over the graph; nodes remember the last walk that met them. */
export const nextWalk = (): number => ++walks;

/** All nodes that `roots` depend on, themselves included, inputs before users. */
export function ancestors(roots: readonly Tensor[]): Node[] {
  const walk = nextWalk();
  const found: Node[] = [];
  const pending = roots.map((t) => t.node);
  while (pending.length) {
    const node = pending.pop() as Node;
    if (node.walk === walk) continue;
    node.walk = walk;
    found.push(node);
    for (const t of node.inputs) if (t.node.walk !== walk) pending.push(t.node);
  }
  return found.sort((a, b) => a.id - b.id);
}

/**
 * Gradients of a scalar y for each x, as tensors that can be differentiated again. An x that y does
 * not depend on gets zeros. Throws when y has more than one element, and when a variable was
 * assigned between its use in y and this call.
 */
export function grad(y: Tensor, xs: readonly (Tensor | Variable)[]): Tensor[] {
  demand(
    y.size === 1,
    () => `grad: expected a scalar, got ${dims(y)}. Reduce it with sum() or mean(), or use vjp().`,
  );
  const one = makeNode(scalarLeaf, [], { value: 1 }, [{ shape: [], dtype: 'f32' }]).outputs[0];
  return pullback(y, xs, one);
}

/** The cotangents of xs when y has the cotangent g: reverse mode, one walk. */
function pullback(y: Tensor, xs: readonly (Tensor | Variable)[], g: Tensor): Tensor[] {
  const graph = ancestors([y]);
  const targets = xs.map((x) => target(x, graph));
  const cotangents = walkBack(graph, y, new Set(targets), g);
  return targets.map((t) => {
    const found = cotangents.get(t);
    return found ? unbroadcast(found, t.shape) : broadcastTo(0, t.shape);
  });
}

/** The tensor that stands for x in the graph. */
function target(x: Tensor | Variable, graph: Node[]): Tensor {
  if (!(x instanceof Variable)) return x.result ? toTensor(x) : x;
  const read = currentRecording()?.reads.get(x);
  // After an update y may depend on the new value, and on the old one behind it: the new one counts.
  if (read && graph.includes(read.node)) return read;
  const old = graph.find((node) => node.attrs?.variable === x);
  if (!old) return read ?? toTensor(x);
  if (read) {
    throw new EightfoldError(
      'argument',
      `grad: variable '${x.name}' ${dims(x)} was assigned after its use in y. ` +
        'Call grad before assign or before the optimiser update.',
    );
  }
  return old.outputs[0];
}

function walkBack(
  graph: Node[],
  y: Tensor,
  targets: ReadonlySet<Tensor>,
  g: Tensor,
): Map<Tensor, Tensor> {
  const active = new Set<Node>();
  for (const node of graph) {
    const own = node.outputs.some((t) => targets.has(t));
    if (own || (node.op.vjp && node.inputs.some((t) => active.has(t.node)))) active.add(node);
  }
  const cotangents = new Map<Tensor, Tensor>([[y, g]]);
  for (let i = graph.length - 1; i >= 0; i--) {
    const node = graph[i];
    const { op, inputs, attrs, outputs } = node;
    if (!active.has(node) || !op.vjp || !inputs.some((t) => active.has(t.node))) continue;
    const gs = outputs.map((t) => cotangents.get(t) ?? null);
    if (gs.every((t) => t === null)) continue;
    const full = gs.map((t, j) => t && unbroadcast(t, outputs[j].shape));
    const found = op.vjp(full as Tensor[], inputs, attrs, outputs);
    inputs.forEach((t, j) => {
      const part = found[j];
      if (!part || !active.has(t.node)) return;
      const exact = unbroadcast(part, t.shape);
      const known = cotangents.get(t);
      cotangents.set(t, known ? add(known, exact) : exact);
    });
  }
  return cotangents;
}

/** The value of f and its gradients for xs. */
export function valueAndGrad(
  f: () => Tensor,
  xs: readonly (Tensor | Variable)[],
): { value: Tensor; grads: Tensor[] } {
  const value = f();
  return { value, grads: grad(value, xs) };
}

/** Vector-Jacobian product: the gradients of ⟨g, y⟩ for xs; g has y's shape. */
export function vjp(y: Tensor, xs: readonly (Tensor | Variable)[], g: Arg): Tensor[] {
  const cotangent = toTensor(g);
  demand(
    cotangent.size === 1 || dims(cotangent) === dims(y),
    () =>
      `vjp: the cotangent is ${dims(cotangent)}, y is ${dims(y)}. ` +
      'Give a cotangent of the shape of y; reshape or broadcast it.',
  );
  return pullback(y, xs, broadcastTo(cotangent, y.shape));
}

/**
 * Jacobian-vector product of y for xs in direction v, by two reverse walks: vjp is linear in its
 * cotangent u, so differentiating ⟨vjp(u), v⟩ for u gives J·v (j-towns 2017, "A new trick for
 * calculating Jacobian vector products").
 */
export function jvp(y: Tensor, xs: readonly (Tensor | Variable)[], v: readonly Arg[]): Tensor {
  const u = toTensor(broadcastTo(0, y.shape));
  const pulled = vjp(y, xs, u);
  return pullback(inner(pulled, v), [u], toTensor(1))[0];
}

/** Hessian-vector products of a scalar y for xs in direction v. */
export function hvp(y: Tensor, xs: readonly (Tensor | Variable)[], v: readonly Arg[]): Tensor[] {
  return grad(inner(grad(y, xs), v), xs);
}

const inner = (a: readonly Arg[], b: readonly Arg[]): Tensor =>
  a.map((t, i) => sum(mul(t, b[i]))).reduce((x, y) => add(x, y));
