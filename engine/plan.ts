import { chainOf, type Chain } from './codegen.ts';
import { EightfoldError, invariant } from './errors.ts';
import { argumentsOf, consumers, fuse, type Group, operandOf } from './fuse.ts';
import type { Gpu, Memory } from './gpu.ts';
import type { Graph } from './graph.ts';
import { type Kernel, lines } from './kernel.ts';
import { makeNode, type OpInfo, type Run, type Slot, scalarLeaf, type Spec } from './op.ts';
import { fillOp } from './ops/pointwise.ts';
import { bytesOf, dims, type DType, type Node, type Shape, sizeOf, type Tensor } from './tensor.ts';

/** A stretch of memory: fixed when it exists already, else placed when the plan is complete. */
export interface Place {
  readonly bytes: number;
  readonly label: string;
  memory: Memory | null;
  /** Set when the place became part of another: a gradient inside the packed gradients. */
  within: { place: Place; offset: number } | null;
  /** Not shared with other values of the plan, nor with other plans. */
  exclusive: boolean;
}

/** A tensor's place, as kernels see it. */
export interface PlanSlot extends Slot {
  readonly place: Place;
  readonly offset: number;
}

/** One dispatch before memory is assigned. */
export interface Dispatch {
  readonly op: string;
  readonly node: Node | null;
  /** A hand-written kernel, or null for a fused group whose kernel is generated at the end. */
  readonly kernel: Kernel | null;
  readonly bindings: Readonly<Record<string, PlanSlot>>;
  readonly params: Readonly<Record<string, number>>;
  readonly groups: readonly [number, number, number];
  readonly overrides: Readonly<Record<string, number>>;
  /** The fused group this dispatch runs, or that runs at its store. */
  chain: Chain | null;
  chainReads: PlanSlot[];
  chainWrites: PlanSlot[];
  /** Which operand of the chain is the value being stored, when it is an epilogue; else -1. */
  through: number;
}

/** What has to run, in order, before it is bound to buffers. */
export interface Draft {
  readonly dispatches: Dispatch[];
  /** Slots of the roots, in order. */
  readonly roots: PlanSlot[];
  readonly assigns: { from: PlanSlot; to: PlanSlot }[];
  /** Host arrays to upload at each run. */
  readonly hosts: { node: Node; slot: PlanSlot }[];
}

/** Reads a slot's place through the packs it became part of. */
export function resolve(slot: PlanSlot): { place: Place; offset: number } {
  let { place, offset } = slot;
  while (place.within) {
    offset += place.within.offset;
    place = place.within.place;
  }
  return { place, offset };
}

/** Turns a graph into dispatches: fusion, order, kernels. */
export function draft(gpu: Gpu, graph: Graph): Draft {
  return new Planner(gpu, graph).plan();
}

/** A unit of work: an op with a kernel of its own, or a fused group. */
interface Unit {
  readonly node: Node | null;
  readonly group: Group | null;
  /** A group that runs at the store of this unit's kernel. */
  epilogue: Group | null;
  readonly order: number;
}

class Planner {
  private readonly dispatches: Dispatch[] = [];
  private readonly hosts: { node: Node; slot: PlanSlot }[] = [];
  private readonly slots = new Map<Tensor, PlanSlot>();
  private readonly units = new Map<Node, Unit>();
  private readonly needed = new Set<Tensor>();
  private readonly gpu: Gpu;
  private readonly graph: Graph;
  private groups = new Map<Node, Group>();

  constructor(gpu: Gpu, graph: Graph) {
    this.gpu = gpu;
    this.graph = graph;
  }

  plan(): Draft {
    this.groups = fuse(this.graph, this.gpu.limits.maxStorageBuffersPerShaderStage);
    this.findNeeded();
    this.makeUnits();
    this.attachEpilogues();
    for (const unit of this.schedule()) this.emit(unit);
    return {
      dispatches: this.dispatches,
      hosts: this.hosts,
      roots: this.graph.roots.map((t) => {
        const slot = this.slotOf(t);
        resolve(slot).place.exclusive = true;
        return slot;
      }),
      assigns: this.graph.assigns.map(([v, t]) => {
        const place = fixedPlace(v.memory, v.name);
        const to = { shape: v.shape, dtype: v.dtype, size: v.size, place, offset: v.offset };
        return { from: this.slotOf(t), to };
      }),
    };
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
      if (outputs.length !== 1 || outputs[0].outputs[0].dtype !== 'f32') continue;
      const feeders = this.inputsOf(unit)
        .filter((u) => u.node?.op.epilogue && !u.epilogue && this.feeds(u, group, users))
        .sort((a, b) => b.order - a.order);
      const host = feeders.find((u) => !this.dependsOn(unit, u));
      if (!host) continue;
      host.epilogue = group;
      for (const n of group.nodes) this.units.set(n, host);
    }
  }

  /** Whether every use of a kernel's result is this group reading it in order. */
  private feeds(unit: Unit, group: Group, users: Map<Tensor, (Node | null)[]>): boolean {
    const result = (unit.node as Node).outputs[0];
    if (result.dtype !== 'f32' || result.size !== sizeOf(group.shape)) return false;
    const inside = (t: Tensor): boolean =>
      (users.get(t) ?? []).every((user) => {
        if (user === null) return false;
        if (user.op.kind === 'alias') return inside(user.outputs[0]);
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

  private emit(unit: Unit): void {
    if (unit.group) this.emitGroup(unit.group);
    else if (unit.node?.op.kind === 'pack') this.emitPack(unit.node);
    else this.emitKernel(unit.node as Node, unit.epilogue);
  }

  private chain(group: Group): { chain: Chain; reads: PlanSlot[]; writes: PlanSlot[] } {
    const outputs = group.nodes.map((n) => n.outputs[0]).filter((t) => this.needed.has(t));
    const chain = chainOf(group, outputs);
    const reads = chain.reads.map((r) => this.slotOf(r.operand.tensor));
    return { chain, reads, writes: outputs.map((t) => this.make(t)) };
  }

  private emitGroup(group: Group): void {
    const size = sizeOf(group.shape);
    const { chain, reads, writes } = this.chain(group);
    if (size === 0) return;
    const per = this.gpu.software ? 8 : 1;
    const wide = size % 4 === 0 ? size / 4 : size;
    this.dispatches.push({
      ...empty(group.nodes[group.nodes.length - 1]),
      op: group.nodes
        .map((n) => n.op.name)
        .slice(0, 6)
        .join('+'),
      groups: lines(Math.max(1, Math.min(65535, Math.ceil(wide / 64 / per)))),
      chain,
      chainReads: reads,
      chainWrites: writes,
    });
  }

  private emitKernel(node: Node, epilogue: Group | null): void {
    const inputs = node.inputs.map((t) => this.slotOf(t));
    let outputs = node.op.inPlace ? [] : node.outputs.map((t) => this.make(t));
    const fused = epilogue && this.chain(epilogue);
    if (fused) {
      // The kernel stores into the place of the chain's result, in the shape it knows.
      const { place, offset } = fused.writes[0];
      outputs = [{ ...outputs[0], place, offset }];
      this.slots.delete(node.outputs[0]);
    }
    const run = this.runner(node);
    if (node.op.inPlace) {
      outputs = node.outputs.map((t, i) => {
        const slot = this.make(t);
        run.copy(inputs[node.op.inPlace?.[i] as number], slot);
        return slot;
      });
    }
    const before = this.dispatches.length;
    invariant(!!node.op.run, `${node.op.name} has no run`);
    if (outputs.some((o) => o.size > 0)) node.op.run?.(run, outputs, inputs, node.attrs);
    if (!fused) return;
    const last = this.dispatches[this.dispatches.length - 1];
    if (outputs[0].size === 0) return;
    invariant(
      this.dispatches.length > before && !!last.kernel?.epilogue,
      `${node.op.name} promises an epilogue, ${last?.kernel?.file} has none`,
    );
    const own = fused.chain.reads.findIndex((r) => aliased(r.operand.tensor) === node.outputs[0]);
    last.chain = fused.chain;
    last.chainReads = fused.reads.filter((_, j) => j !== own);
    last.through = own;
  }

  /** Several tensors side by side in one flat one: their producers write into it directly. */
  private emitPack(node: Node): void {
    const flat = this.make(node.outputs[0]);
    flat.place.exclusive = true;
    const { offsets } = node.attrs as { offsets: number[] };
    node.inputs.forEach((t, i) => {
      const slot = this.slotOf(t);
      const offset = offsets[i] * 4;
      if (this.movable(t, slot, flat.place)) slot.place.within = { place: flat.place, offset };
      else {
        const to = { ...slot, place: flat.place, offset };
        this.runner(node).copy(slot, to);
      }
    });
  }

  private movable(t: Tensor, slot: PlanSlot, into: Place): boolean {
    const { place } = slot;
    if (slot.offset !== 0 || place.memory || place.within || place.exclusive) return false;
    if (bytesOf(t.size, t.dtype) !== place.bytes) return false;
    if (this.graph.roots.includes(t) || this.graph.assigns.some(([, a]) => a === t)) return false;
    // No dispatch may read and write the packed buffer at once.
    return this.dispatches.every((d) => {
      const { reads, writes } = touched(d);
      const rooted = (s: PlanSlot) => resolve(s).place;
      const readsIt = reads.some((s) => rooted(s) === place);
      const writesIt = writes.some((s) => rooted(s) === place);
      return !(
        (readsIt && writes.some((s) => rooted(s) === into)) ||
        (writesIt && reads.some((s) => rooted(s) === into))
      );
    });
  }

  private runner(node: Node): Run {
    const label = `${node.op.name} ${node.inputs.map((t) => dims(t)).join('·')}`;
    return {
      gpu: this.gpu,
      dispatch: (kernel, bindings, params, [x, y = 1, z = 1], overrides = {}) => {
        checkGroups(label, [x, y, z]);
        this.dispatches.push({
          ...empty(node),
          kernel,
          bindings: bindings as Record<string, PlanSlot>,
          params,
          groups: [x, y, z],
          overrides,
        });
      },
      scratch: (size, dtype = 'f32') => newSlot([size], dtype, `scratch of ${label}`),
      fill: (slot, value) => this.emitFill(slot as PlanSlot, value),
      copy: (from, to) => this.emitCopy(from as PlanSlot, to as PlanSlot),
    };
  }

  /** A copy as a fused group of one node: the identity. */
  private emitCopy(from: PlanSlot, to: PlanSlot): void {
    const shape = [from.size];
    const source = leaf({ name: 'memory', kind: 'leaf' }, { shape, dtype: from.dtype });
    this.slots.set(source, { ...from, shape });
    this.emitIdentity(source, to);
  }

  private emitFill(slot: PlanSlot, value: number): void {
    this.emitIdentity(leaf(scalarLeaf, { shape: [], dtype: slot.dtype }, { value }), slot);
  }

  private emitIdentity(source: Tensor, to: PlanSlot): void {
    const shape = [to.size];
    const node = makeNode(fillOp.info, [source], undefined, [{ shape, dtype: to.dtype }]);
    this.slots.set(node.outputs[0], { ...to, shape });
    this.needed.add(node.outputs[0]);
    this.emitGroup({ nodes: [node], shape });
  }

  /** The slot of a tensor that lies in memory already or is a leaf. */
  private slotOf(t: Tensor): PlanSlot {
    const known = this.slots.get(t);
    if (known) return known;
    const slot = this.locate(t);
    this.slots.set(t, slot);
    return slot;
  }

  private locate(t: Tensor): PlanSlot {
    const { node, shape, dtype, size } = t;
    const { op, attrs } = node;
    if (op.kind === 'alias') {
      const input = this.slotOf(node.inputs[0]);
      const offset = input.offset + bytesOf(op.offset?.(attrs) ?? 0, dtype);
      return { shape, dtype, size, place: input.place, offset };
    }
    if (op.name === 'variable' || op.name === 'result') {
      const at = op.name === 'variable' ? attrs.variable : attrs.tensor.result;
      return { shape, dtype, size, place: fixedPlace(at.memory, op.name), offset: at.offset };
    }
    if (op.name === 'tensor') {
      const slot = newSlot(shape, dtype, `host data ${dims(t)}`);
      slot.place.exclusive = true;
      this.hosts.push({ node, slot });
      return slot;
    }
    throw new EightfoldError('internal', `internal: '${op.name}' ${dims(t)} has no place yet.`);
  }

  /** A new place for a result. */
  private make(t: Tensor): PlanSlot {
    const known = this.slots.get(t);
    if (known) return known;
    const slot = newSlot(t.shape, t.dtype, `${t.node.op.name} ${dims(t)}`);
    this.slots.set(t, slot);
    return slot;
  }
}

/** What a dispatch reads and writes. */
export function touched(d: Dispatch): { reads: PlanSlot[]; writes: PlanSlot[] } {
  const reads = [...d.chainReads];
  const writes = [...d.chainWrites];
  for (const { name, access } of d.kernel?.bindings ?? []) {
    (access === 'read' ? reads : writes).push(d.bindings[name]);
  }
  return { reads, writes };
}

const empty = (node: Node): Dispatch => ({
  op: node.op.name,
  node,
  kernel: null,
  bindings: {},
  params: {},
  groups: [1, 1, 1],
  overrides: {},
  chain: null,
  chainReads: [],
  chainWrites: [],
  through: -1,
});

function newSlot(shape: Shape, dtype: DType, label: string): PlanSlot {
  const size = sizeOf(shape);
  const bytes = bytesOf(size, dtype);
  const place = { bytes, label, memory: null, within: null, exclusive: false };
  return { shape, dtype, size, place, offset: 0 };
}

const fixedPlace = (memory: Memory, label: string): Place => ({
  bytes: memory.bytes,
  label,
  memory,
  within: null,
  exclusive: true,
});

/** A leaf that the planner itself reads: memory of a slot, or a constant. */
const leaf = (op: OpInfo, spec: Spec, attrs?: unknown): Tensor =>
  makeNode(op, [], attrs, [spec]).outputs[0];

/** The tensor behind aliases of any shape. */
function aliased(t: Tensor): Tensor {
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

function checkGroups(label: string, groups: readonly number[]): void {
  for (const g of groups) {
    invariant(
      Number.isInteger(g) && g >= 1 && g <= 65535,
      `${label}: dispatch of ${groups} workgroups`,
    );
  }
}
