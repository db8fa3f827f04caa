import { invariant } from './errors.ts';
import { argumentsOf, consumers, fuse, type Group, operandOf, operands } from './fuse.ts';
import type { Graph } from './graph.ts';
import { isFloat, type Node, type Shape, sizeOf, type Tensor } from './tensor.ts';

/** A unit of work: an op with a kernel of its own, or a fused group. */
export interface Unit {
  readonly node: Node | null;
  readonly group: Group | null;
  /** A group that runs at the store of this unit's kernel. */
  epilogue: Group | null;
  readonly order: number;
}

/** The units of a graph in an order that can run, and which tensors have to lie in memory. */
export function unitsOf(graph: Graph, maxBuffers: number): { units: Unit[]; needed: Set<Tensor> } {
  const organiser = new Organiser(graph, maxBuffers);
  return { units: organiser.organise(), needed: organiser.needed };
}

class Organiser {
  readonly needed = new Set<Tensor>();
  private readonly units = new Map<Node, Unit>();
  private readonly graph: Graph;
  private readonly groups: Map<Node, Group>;
  private readonly maxBuffers: number;

  constructor(graph: Graph, maxBuffers: number) {
    this.graph = graph;
    this.maxBuffers = maxBuffers;
    this.groups = fuse(graph, maxBuffers);
  }

  organise(): Unit[] {
    this.findNeeded();
    this.makeUnits();
    this.attachEpilogues();
    return this.schedule();
  }

  /** Tensors that must lie in memory: read by kernels, by other groups, returned or assigned. */
  private findNeeded(): void {
    const need = (t: Tensor): void => {
      if (this.needed.has(t)) return;
      this.needed.add(t);
      const { op, inputs } = t.node;
      if (op.kind === 'alias') need(inputs[0]);
      if (op.kind === 'view' && !this.groups.has(t.node)) {
        const group = { nodes: [t.node], shape: t.shape };
        this.groups.set(t.node, group);
        this.needOperands(group, need);
      }
    };
    for (const t of this.graph.roots) need(t);
    for (const [, t] of this.graph.assigns) need(t);
    for (const node of this.graph.nodes) {
      if (node.op.kind === 'kernel' || node.op.kind === 'pack') node.inputs.forEach(need);
    }
    for (const group of new Set(this.groups.values())) this.needOperands(group, need);
  }

  private needOperands(group: Group, need: (t: Tensor) => void): void {
    for (const node of group.nodes) {
      for (const t of argumentsOf(node)) {
        const operand = operandOf(t, group);
        if (operand.kind === 'memory') need(operand.tensor);
      }
    }
  }

  private makeUnits(): void {
    for (const node of this.graph.nodes) {
      const group = this.groups.get(node) ?? null;
      if (this.units.has(node)) continue;
      if (group) {
        if (!group.nodes.some((n) => this.needed.has(n.outputs[0]))) continue;
        const order = Math.max(...group.nodes.map((n) => n.id));
        const unit = { node: null, group, epilogue: null, order };
        for (const n of group.nodes) this.units.set(n, unit);
      } else if (node.op.kind === 'kernel' || node.op.kind === 'pack') {
        this.units.set(node, { node, group: null, epilogue: null, order: node.id });
      }
    }
  }

  /** Units whose results a unit reads. */
  private inputsOf(unit: Unit): Unit[] {
    const found = new Set<Unit>();
    const add = (t: Tensor): void => {
      const behind = aliased(t);
      const from = this.units.get(behind.node);
      if (from && from !== unit) found.add(from);
    };
    unit.node?.inputs.forEach(add);
    for (const group of [unit.group, unit.epilogue]) {
      if (group) this.needOperands(group, add);
    }
    return [...found];
  }

  /** Moves a group into the store of the kernel that feeds it, where nothing else reads that. */
  private attachEpilogues(): void {
    const users = consumers(this.graph);
    for (const unit of [...new Set(this.units.values())]) {
      const { group } = unit;
      if (!group || group.nodes[0].op.kind === 'view') continue;
      const outputs = group.nodes.filter((n) => this.needed.has(n.outputs[0]));
      if (outputs.length !== 1) continue;
      const feeders = this.inputsOf(unit)
        .filter((u) => u.node?.op.epilogue && !u.epilogue && this.feeds(u, group, users))
        .filter((u) => this.binds(u.node as Node, group))
        .sort((a, b) => b.order - a.order);
      const host = feeders.find((u) => !this.dependsOn(unit, u));
      if (!host) continue;
      host.epilogue = group;
      for (const n of group.nodes) this.units.set(n, host);
    }
  }

  /** Whether a kernel may bind the operands of a group besides its own; its result is no operand then. */
  private binds(node: Node, group: Group): boolean {
    const own = node.inputs.length + node.outputs.length;
    return own + operands(group) - 1 <= this.maxBuffers;
  }

  /** Whether every use of a kernel's result is this group reading it in order. */
  private feeds(unit: Unit, group: Group, users: Map<Tensor, (Node | null)[]>): boolean {
    const result = (unit.node as Node).outputs[0];
    const stored = group.nodes.find((n) => this.needed.has(n.outputs[0])) as Node;
    if (!isFloat(result.dtype) || result.dtype !== stored.outputs[0].dtype) return false;
    if (result.size !== sizeOf(group.shape)) return false;
    const inside = (t: Tensor): boolean =>
      (users.get(t) ?? []).every((user) => {
        if (user === null) return false;
        if (user.op.kind === 'alias') return user.outputs.every(inside);
        return (
          group.nodes.includes(user) &&
          operandOf(t, group).kind === 'memory' &&
          isWhole(operandOf(t, group), group.shape)
        );
      });
    return inside(result) && (unit.node as Node).outputs.length === 1;
  }

  /** Whether a unit's other inputs depend on `target`. */
  private dependsOn(unit: Unit, target: Unit): boolean {
    const seen = new Set<Unit>([unit]);
    const pending = this.inputsOf(unit).filter((u) => u !== target);
    while (pending.length) {
      const next = pending.pop() as Unit;
      if (next === target) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      pending.push(...this.inputsOf(next));
    }
    return false;
  }

  /** Units in an order in which each comes after what it reads, as recorded where possible. */
  private schedule(): Unit[] {
    const all = [...new Set(this.units.values())];
    const waiting = new Map(all.map((u) => [u, this.inputsOf(u)]));
    const users = new Map<Unit, Unit[]>(all.map((u) => [u, []]));
    const missing = new Map<Unit, number>();
    for (const [u, inputs] of waiting) {
      missing.set(u, inputs.length);
      for (const i of inputs) users.get(i)?.push(u);
    }
    const ready = all.filter((u) => missing.get(u) === 0).sort((a, b) => b.order - a.order);
    const result: Unit[] = [];
    while (ready.length) {
      const unit = ready.pop() as Unit;
      result.push(unit);
      for (const user of users.get(unit) ?? []) {
        const left = (missing.get(user) as number) - 1;
        missing.set(user, left);
        if (left === 0) insert(ready, user);
      }
    }
    invariant(result.length === all.length, 'the fused units depend on each other in a circle');
    return result;
  }
}

/** The tensor behind aliases of any shape. */
export function aliased(t: Tensor): Tensor {
  let current = t;
  while (current.node.op.kind === 'alias') current = current.node.inputs[0];
  return current;
}

function isWhole(operand: { offset: number; strides: readonly number[] }, shape: Shape): boolean {
  let unit = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    if (shape[i] !== 1 && operand.strides[i] !== unit) return false;
    unit *= shape[i];
  }
  return operand.offset === 0;
}

function insert(ready: Unit[], unit: Unit): void {
  let i = ready.length;
  while (i > 0 && ready[i - 1].order < unit.order) i--;
  ready.splice(i, 0, unit);
}
