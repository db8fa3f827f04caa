import { type Chain, chainOf } from './chain.ts';
import { dispatch } from './choose.ts';
import { EightfoldError, invariant } from './errors.ts';
import type { Group } from './fuse.ts';
import type { Gpu } from './gpu.ts';
import type { Graph } from './graph.ts';
import { lines } from './kernel.ts';
import { makeNode, type OpInfo, type Run, type Spec, scalarLeaf } from './op.ts';
import { fillOp } from './ops/pointwise.ts';
import { type Turn, transposeContract, turnOf } from './ops/turn.ts';
import {
  type Dispatch,
  type Draft,
  empty,
  fixedPlace,
  newSlot,
  type Place,
  type PlanSlot,
  resolve,
  touched,
} from './slot.ts';
import { bytesOf, dims, type Node, sizeOf, type Tensor } from './tensor.ts';
import { aliased, type Unit, unitsOf } from './units.ts';

/** Turns a graph into dispatches: fusion, order, kernels. */
export function draft(gpu: Gpu, graph: Graph): Draft {
  return new Planner(gpu, graph).plan();
}

class Planner {
  private readonly dispatches: Dispatch[] = [];
  private readonly hosts: { node: Node; slot: PlanSlot }[] = [];
  private readonly slots = new Map<Tensor, PlanSlot>();
  private needed = new Set<Tensor>();
  private readonly gpu: Gpu;
  private readonly graph: Graph;

  constructor(gpu: Gpu, graph: Graph) {
    this.gpu = gpu;
    this.graph = graph;
  }

  plan(): Draft {
    const { units, needed } = unitsOf(this.graph, this.gpu.limits.maxStorageBuffersPerShaderStage);
    this.needed = needed;
    for (const unit of units) this.emit(unit);
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

  private emit(unit: Unit): void {
    if (unit.group) this.emitGroup(unit.group);
    else if (unit.node?.op.kind === 'pack') this.emitPack(unit.node);
    else this.emitKernel(unit.node as Node, unit.epilogue);
  }

  private chain(group: Group): { chain: Chain; reads: PlanSlot[]; writes: PlanSlot[] } {
    const outputs = group.nodes.map((n) => n.outputs[0]).filter((t) => this.needed.has(t));
    const chain = chainOf(group, outputs, this.gpu.software);
    const reads = chain.reads.map((r) => this.slotOf(r.operand.tensor));
    return { chain, reads, writes: outputs.map((t) => this.make(t)) };
  }

  private emitGroup(group: Group): void {
    const size = sizeOf(group.shape);
    const { chain, reads, writes } = this.chain(group);
    if (size === 0) return;
    const turn = this.gpu.software ? null : turnOf(chain);
    if (turn) {
      this.emitTurn(turn, chain, reads, writes[0]);
      return;
    }
    // A CPU driver pays 1 us per workgroup and likes few long ones; a GPU hides the latency of loads
    // behind many threads.
    const per = this.gpu.software ? 8 : 1;
    const most = chain.wide === 8 ? 64 : 65535;
    this.dispatches.push({
      ...empty(group.nodes[group.nodes.length - 1]),
      op: group.nodes
        .map((n) => n.op.name)
        .slice(0, 6)
        .join('+'),
      groups: lines(Math.max(1, Math.min(most, Math.ceil(size / chain.wide / 64 / per)))),
      chain,
      chainReads: reads,
      chainWrites: writes,
    });
  }

  /** A chain that runs at the store of a transpose, which brings the operand that lies across. */
  private emitTurn(turn: Turn, chain: Chain, reads: PlanSlot[], y: PlanSlot): void {
    const { operand, sizes, params } = turn;
    const run = this.runner(chain.group.nodes[chain.group.nodes.length - 1]);
    const from = reads[operand];
    dispatch(run, transposeContract, sizes, { x: from, y }, params);
    const last = this.dispatches[this.dispatches.length - 1];
    last.chain = chain;
    last.chainReads = reads.filter((_, j) => j !== operand);
    last.through = operand;
  }

  private emitKernel(node: Node, epilogue: Group | null): void {
    const inputs = node.inputs.map((t) => this.slotOf(t));
    if (node.op.inPlace) this.slots.set(node.outputs[0], inputs[0]);
    let outputs = node.outputs.map((t) => this.make(t));
    const fused = epilogue && this.chain(epilogue);
    if (fused) {
      // The kernel stores into the place of the chain's result, in the shape it knows.
      const { place, offset } = fused.writes[0];
      outputs = [{ ...outputs[0], place, offset }];
      this.slots.delete(node.outputs[0]);
    }
    const before = this.dispatches.length;
    invariant(!!node.op.run, `${node.op.name} has no run`);
    if (outputs.some((o) => o.size > 0))
      node.op.run?.(this.runner(node), outputs, inputs, node.attrs);
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
        this.emitCopy(slot, to);
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
      const offset = input.offset + bytesOf(op.offset?.(attrs, t.index) ?? 0, dtype);
      return { shape, dtype, size, place: input.place, offset };
    }
    if (op.name === 'variable' || op.name === 'result') {
      const at = op.name === 'variable' ? attrs.variable : attrs.tensor.result;
      if (at.gpu !== this.gpu) throw foreign(t, at.name);
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

const foreign = (t: Tensor, name = 'result'): EightfoldError =>
  new EightfoldError(
    'argument',
    `variable '${name}' ${dims(t)}: belongs to another engine than the one this runs on. ` +
      'Create variables and steps after open(), on the engine that uses them.',
  );

/** A leaf that the planner itself reads: memory of a slot, or a constant. */
const leaf = (op: OpInfo, spec: Spec, attrs?: unknown): Tensor =>
  makeNode(op, [], attrs, [spec]).outputs[0];

function checkGroups(label: string, groups: readonly number[]): void {
  for (const g of groups) {
    invariant(
      Number.isInteger(g) && g >= 1 && g <= 65535,
      `${label}: dispatch of ${groups} workgroups`,
    );
  }
}
