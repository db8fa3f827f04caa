import type { Graph } from './graph.ts';
import { nextWalk } from './grad.ts';
import { scalarLeaf, type ViewMap } from './op.ts';
import { type Node, type Shape, sizeOf, type Tensor } from './tensor.ts';

/** Pointwise nodes that run as one loop over one shape. */
export interface Group {
  readonly nodes: Node[];
  readonly shape: Shape;
}

/** How a group reads an operand: element (i0, i1, ..) of its shape at offset + Σ i · stride. */
export interface Operand {
  /** What is read: a tensor in memory, a member's value, or a plain number. */
  readonly tensor: Tensor;
  readonly kind: 'memory' | 'member' | 'number';
  readonly offset: number;
  readonly strides: readonly number[];
}

const MAX_OPS = 64;

/** What a member of a group reads; a view that is copied reads itself, through its own map. */
export const argumentsOf = (node: Node): readonly Tensor[] =>
  node.op.kind === 'view' ? node.outputs : node.inputs;

/** Finds what an input of a pointwise node really reads: through views, aliases and fills. */
export function operandOf(t: Tensor, group: Group): Operand {
  const rank = group.shape.length;
  // Per dimension of the current tensor: start; per dimension of the loop: which one and its step.
  let start = t.shape.map(() => 0);
  let from = group.shape.map((d, i) => {
    const j = i - (rank - t.shape.length);
    return j < 0 || (t.shape[j] === 1 && d !== 1) ? -1 : j;
  });
  let step = group.shape.map(() => 1);
  let whole = sizeOf(t.shape) === sizeOf(group.shape);
  let current = t;
  for (;;) {
    const { node } = current;
    if (node.op === scalarLeaf) return number(current, rank);
    if (whole && group.nodes.includes(node) && node.op.kind === 'pointwise') {
      return { tensor: current, kind: 'member', offset: 0, strides: [] };
    }
    const plain = current.size === 1 ? scalarBehind(current) : null;
    if (plain) return number(plain, rank);
    const map = mapOf(current);
    if (!map) break;
    const input = node.inputs[0];
    const next = [...map.start];
    start.forEach((s, j) => {
      if (map.from[j] >= 0) next[map.from[j]] += s * map.step[j];
    });
    step = step.map((s, i) => (from[i] < 0 ? s : s * map.step[from[i]]));
    from = from.map((j) => (j < 0 ? -1 : map.from[j]));
    start = next;
    whole &&= node.op.kind === 'alias' && sameDims(input.shape, current.shape);
    current = input;
  }
  const unit = contiguous(current.shape);
  return {
    tensor: current,
    kind: 'memory',
    offset: start.reduce((n, s, j) => n + s * unit[j], 0),
    strides: from.map((j, i) => (j < 0 || group.shape[i] === 1 ? 0 : step[i] * unit[j])),
  };
}

/** How a view, or an alias of all of its input that differs in dimensions of size 1 alone, reads its input. */
function mapOf({ node, shape, index }: Tensor): ViewMap | null {
  const { op, attrs, inputs } = node;
  if (op.kind === 'view') return op.view?.(inputs[0].shape, attrs) as ViewMap;
  if (op.kind !== 'alias' || op.offset?.(attrs, index)) return null;
  const from = sameButOnes(shape, inputs[0].shape);
  return from && { start: inputs[0].shape.map(() => 0), from, step: shape.map(() => 1) };
}

const number = (tensor: Tensor, rank: number): Operand => ({
  tensor,
  kind: 'number',
  offset: 0,
  strides: new Array(rank).fill(0),
});

/** The plain number behind a tensor of size 1, through fills, views and aliases. */
function scalarBehind(t: Tensor): Tensor | null {
  let current = t;
  while (current.size === 1) {
    const { op, inputs } = current.node;
    if (op === scalarLeaf) return current;
    if (op.kind !== 'view' && op.kind !== 'alias' && op.name !== 'fill') return null;
    current = inputs[0];
  }
  return null;
}

/** Which dimension of b each of a is, where they differ in dimensions of size 1 alone, which are -1; else null. */
function sameButOnes(a: Shape, b: Shape): number[] | null {
  if (sameDims(a, b)) return a.map((_, i) => i);
  const rest = b.flatMap((d, i) => (d === 1 ? [] : [i]));
  const long = a.filter((d) => d !== 1);
  if (long.length !== rest.length || long.some((d, i) => d !== b[rest[i]])) return null;
  return a.map((d) => (d === 1 ? -1 : (rest.shift() as number)));
}

/** Row-major strides. */
export function contiguous(shape: Shape): number[] {
  const strides = new Array(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

/** Partitions the pointwise nodes of a graph into groups that can each run as one kernel. */
export function fuse(graph: Graph, maxBuffers: number): Map<Node, Group> {
  const groups = new Map<Node, Group>();
  const users = consumers(graph);
  const fits = (group: Group): boolean =>
    group.nodes.length <= MAX_OPS && !cyclic(group, groups) && buffers(group, users) <= maxBuffers;
  for (const node of graph.nodes) {
    if (node.op.kind !== 'pointwise') continue;
    let group: Group = { nodes: [node], shape: node.outputs[0].shape };
    groups.set(node, group);
    for (const t of node.inputs) {
      const other = groups.get(throughAliases(t).node);
      if (!other || other === group || !sameDims(other.shape, group.shape)) continue;
      const union = unite(other, group.nodes);
      if (!fits(union)) continue;
      group = union;
      for (const member of union.nodes) groups.set(member, group);
    }
  }
  for (const node of [...groups.keys()].reverse()) sink(node, groups, users, fits);
  return groups;
}

const unite = (group: Group, nodes: readonly Node[]): Group => ({
  nodes: [...new Set([...group.nodes, ...nodes])].sort((a, b) => a.id - b.id),
  shape: group.shape,
});

/**
 * Moves a node, and members that only serve it, to the one later group that reads it, when that
 * saves storing it: the mask of a relu is computed where the gradient needs it.
 */
function sink(
  node: Node,
  groups: Map<Node, Group>,
  users: Map<Tensor, (Node | null)[]>,
  fits: (group: Group) => boolean,
): void {
  const from = groups.get(node) as Group;
  const readers = (users.get(node.outputs[0]) ?? []).map((u) => (u ? groups.get(u) : undefined));
  const into = readers[0];
  if (!into || into === from || readers.some((r) => r !== into)) return;
  if (!sameDims(from.shape, into.shape)) return;
  const moved = new Set([node]);
  for (const n of moved) {
    for (const t of n.inputs) {
      const input = throughAliases(t).node;
      if (groups.get(input) !== from || moved.has(input)) continue;
      const others = (users.get(input.outputs[0]) ?? []).filter((u) => !u || !moved.has(u));
      if (others.length === 0) moved.add(input);
      else if (others.every((u) => u && groups.get(u) === from)) return; // would need storing
    }
  }
  const rest = from.nodes.filter((n) => !moved.has(n));
  const union = unite(into, [...moved]);
  const left: Group = { nodes: rest, shape: from.shape };
  const assign = (a: Group, b: Group): void => {
    for (const n of a.nodes) groups.set(n, a);
    for (const n of b.nodes) groups.set(n, b);
  };
  assign(left, union);
  if (!fits(union)) assign(into, from);
}

/** The tensor behind aliases of the same shape. */
function throughAliases(t: Tensor): Tensor {
  let current = t;
  while (
    current.node.op.kind === 'alias' &&
    sameDims(current.shape, current.node.inputs[0].shape)
  ) {
    current = current.node.inputs[0];
  }
  return current;
}

const sameDims = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/** Nodes that read each tensor, with a null entry for roots and assigned values. */
export function consumers(graph: Graph): Map<Tensor, (Node | null)[]> {
  const users = new Map<Tensor, (Node | null)[]>();
  const note = (t: Tensor, user: Node | null) => {
    const list = users.get(t);
    if (list) list.push(user);
    else users.set(t, [user]);
  };
  for (const node of graph.nodes) for (const t of node.inputs) note(t, node);
  for (const t of graph.roots) note(t, null);
  for (const [, t] of graph.assigns) note(t, null);
  return users;
}

/** Whether a path leaves the group and comes back, so that it could not run as one kernel. */
function cyclic(group: Group, groups: Map<Node, Group>): boolean {
  const members = new Set(group.nodes);
  const walk = nextWalk();
  const pending: Node[] = [];
  const visit = (node: Node): void => {
    if (node.walk === walk || members.has(node)) return;
    // A whole group runs when its last member can: its inputs are all its members' inputs.
    const together = groups.get(node)?.nodes ?? [node];
    for (const n of together) n.walk = walk;
    pending.push(...together);
  };
  for (const node of group.nodes) for (const t of node.inputs) visit(t.node);
  while (pending.length) {
    for (const t of (pending.pop() as Node).inputs) {
      if (members.has(t.node)) return true;
      visit(t.node);
    }
  }
  return false;
}

/** Storage bindings a group would need: what it reads from memory and what others read of it. */
function buffers(group: Group, users: Map<Tensor, (Node | null)[]>): number {
  const members = new Set(group.nodes);
  const written = group.nodes.filter((node) =>
    (users.get(node.outputs[0]) ?? []).some((user) => user === null || !members.has(user)),
  );
  return operands(group) + written.length;
}

/** Bindings a group reads: one for each way in which it walks a tensor in memory. */
export function operands(group: Group): number {
  const found = new Set<string>();
  for (const node of group.nodes) {
    for (const t of argumentsOf(node)) {
      const { tensor, kind, offset, strides } = operandOf(t, group);
      if (kind === 'memory') found.add(`${tensor.node.id}.${tensor.index}+${offset} ${strides}`);
    }
  }
  return found.size;
}
