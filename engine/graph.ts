import { ancestors } from './grad.ts';
import type { Node, Tensor, Variable } from './tensor.ts';

/** What a step (or the evaluation of a lazy tensor) has to compute. */
export interface Graph {
  /** Everything reachable from the roots and assigned values, inputs before users. */
  readonly nodes: readonly Node[];
  /** Tensors that the step returns. */
  readonly roots: readonly Tensor[];
  /** Values that go into variables at the end. */
  readonly assigns: readonly (readonly [Variable, Tensor])[];
}

/** Collects the reachable nodes and numbers them, so that equal structures get equal numbers. */
export function collect(
  roots: readonly Tensor[],
  assigns: readonly (readonly [Variable, Tensor])[],
): Graph {
  const nodes = ancestors([...roots, ...assigns.map(([, t]) => t)]);
  nodes.forEach((node, i) => {
    node.local = i;
  });
  return { nodes, roots, assigns };
}

/**
 * The structure of a graph as a string: ops, attrs, wiring, shapes of leaves and which buffers
 * they are bound to. Values of numbers and host arrays are data and not part of it.
 */
export function structure(graph: Graph): string {
  const parts: string[] = [];
  for (const { op, attrs, inputs, outputs } of graph.nodes) {
    let part = op.name;
    if (op.kind === 'leaf') part += leafKey(op.name, attrs, outputs[0]);
    else if (attrs !== undefined) part += JSON.stringify(attrs);
    for (const t of inputs) part += t.index ? `,${t.node.local}.${t.index}` : `,${t.node.local}`;
    parts.push(part);
  }
  parts.push('=');
  for (const t of graph.roots) parts.push(`${t.node.local}.${t.index}`);
  for (const [v, t] of graph.assigns) {
    parts.push(`${v.memory.id}+${v.offset}<${t.node.local}.${t.index}`);
  }
  return parts.join(';');
}

// biome-ignore lint/suspicious/noExplicitAny: the attrs of leaves, by name
function leafKey(name: string, attrs: any, t: Tensor): string {
  if (name === 'number') return t.dtype;
  const spec = `${t.dtype}[${t.shape}]`;
  if (name === 'tensor') return spec;
  const place = name === 'variable' ? attrs.variable : attrs.tensor.result;
  return `${place.memory.id}+${place.offset}${spec}`;
}
