import type { Chain } from './chain.ts';
import type { Memory } from './gpu.ts';
import type { Kernel } from './kernel.ts';
import type { Slot } from './op.ts';
import { bytesOf, type DType, type Node, type Shape, sizeOf } from './tensor.ts';

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

/** What a dispatch reads and writes. */
export function touched(d: Dispatch): { reads: PlanSlot[]; writes: PlanSlot[] } {
  const reads = [...d.chainReads];
  const writes = [...d.chainWrites];
  for (const { name, access } of d.kernel?.bindings ?? []) {
    (access === 'read' ? reads : writes).push(d.bindings[name]);
  }
  return { reads, writes };
}

/** A dispatch of nothing yet. */
export const empty = (node: Node): Dispatch => ({
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

/** A slot with a place of its own, to be given memory later. */
export function newSlot(shape: Shape, dtype: DType, label: string): PlanSlot {
  const size = sizeOf(shape);
  const bytes = bytesOf(size, dtype);
  const place = { bytes, label, memory: null, within: null, exclusive: false };
  return { shape, dtype, size, place, offset: 0 };
}

/** The place of memory that exists already. */
export const fixedPlace = (memory: Memory, label: string): Place => ({
  bytes: memory.bytes,
  label,
  memory,
  within: null,
  exclusive: true,
});
