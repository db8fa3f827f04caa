import type { Gpu, Memory } from './gpu.ts';
import type { Plan } from './bind.ts';
import { type Dispatch, type Draft, type Place, type PlanSlot, resolve, touched } from './slot.ts';
import { bytesOf } from './tensor.ts';

/** First and last dispatch that touches a place. */
interface Life {
  first: number;
  last: number;
}

/**
 * Gives every place of a draft its memory: values assigned to variables are computed where the
 * variable lies when nothing reads the old value later; others share buffers by liveness, largest
 * first, and the buffers are shared with all other plans. Returns the copies that remain.
 */
export function assignMemory(
  gpu: Gpu,
  { dispatches, assigns, roots, hosts }: Draft,
  plan: Plan,
): { from: PlanSlot; to: PlanSlot }[] {
  const copies = assigns.filter(({ from, to }, i) => {
    if (resolve(from).place.memory === to.place.memory && resolve(from).offset === to.offset) {
      return false; // written where it lies
    }
    // What is assigned over a part of an earlier assignment has to come last: it is copied.
    const over = assigns.slice(0, i).some((earlier) => overlaps(earlier.to, to));
    return over || !retarget(dispatches, from, to);
  });
  const lives = livesOf(dispatches, copies);
  for (const { slot } of [...roots.map((slot) => ({ slot })), ...hosts]) {
    const { place } = resolve(slot);
    if (!lives.has(place) && !place.memory) lives.set(place, { first: 0, last: 0 });
  }
  const shared: [Place, Life][] = [];
  for (const [place, life] of lives) {
    if (place.memory) continue;
    if (place.exclusive) {
      place.memory = gpu.allocate(place.bytes, place.label);
      plan.owned.push(place.memory);
    } else shared.push([place, life]);
  }
  shareBuffers(gpu, shared, plan);
  return copies;
}

const overlaps = (a: PlanSlot, b: PlanSlot): boolean =>
  a.place.memory === b.place.memory &&
  a.offset < b.offset + bytes(b) &&
  b.offset < a.offset + bytes(a);

/** Lets a value be computed in the variable it is assigned to. False when a copy is needed. */
function retarget(dispatches: readonly Dispatch[], from: PlanSlot, to: PlanSlot): boolean {
  const { place, offset } = resolve(from);
  if (place.memory || place.exclusive || offset !== 0) return false;
  if (place.bytes !== bytes(to)) return false;
  const variable = to.place.memory as Memory;
  let written = false;
  for (const d of dispatches) {
    const { reads, writes } = touched(d);
    const reading = reads.filter((s) => resolve(s).place.memory === variable);
    const writing = writes.some((s) => resolve(s).place === place);
    const disturbing = writes.some((s) => resolve(s).place.memory === variable);
    if (written && (reading.length > 0 || disturbing)) return false;
    if (writing && reading.length > 0) {
      // In place is safe for a generated loop that reads each element where it writes it.
      const safe =
        d.kernel === null && reading.every((s) => whole(d, s) && resolve(s).offset === to.offset);
      if (!safe) return false;
    }
    if (writing && disturbing) return false;
    written ||= writing;
  }
  place.within = { place: to.place, offset: to.offset };
  return true;
}

const bytes = (slot: PlanSlot): number => bytesOf(slot.size, slot.dtype);

/** Whether a generated loop reads a slot only in order, each element where it writes it. */
const whole = (d: Dispatch, slot: PlanSlot): boolean =>
  d.chainReads.every((read, j) => read !== slot || d.chain?.reads[j].pattern === 'all');

function livesOf(
  dispatches: readonly Dispatch[],
  copies: readonly { from: PlanSlot }[],
): Map<Place, Life> {
  const lives = new Map<Place, Life>();
  const touch = (slot: PlanSlot, at: number): void => {
    const { place } = resolve(slot);
    const life = lives.get(place);
    if (life) life.last = at;
    else lives.set(place, { first: at, last: at });
  };
  dispatches.forEach((d, i) => {
    const { reads, writes } = touched(d);
    for (const slot of [...reads, ...writes]) touch(slot, i);
  });
  for (const { from } of copies) touch(from, dispatches.length);
  return lives;
}

/** Greedy by size: the largest value first, each into the first buffer that is free meanwhile. */
function shareBuffers(gpu: Gpu, values: [Place, Life][], plan: Plan): void {
  const buffers: { bytes: number; lives: Life[]; places: Place[] }[] = [];
  for (const [place, life] of values.sort((a, b) => b[0].bytes - a[0].bytes)) {
    const free = buffers.find((b) =>
      b.lives.every((other) => other.last < life.first || life.last < other.first),
    );
    const buffer = free ?? { bytes: place.bytes, lives: [], places: [] };
    if (!free) buffers.push(buffer);
    buffer.lives.push(life);
    buffer.places.push(place);
  }
  const taken = new Set<Memory>();
  for (const { bytes: need, places } of buffers) {
    const memory = fromArena(gpu, need, taken, plan);
    taken.add(memory);
    for (const place of places) place.memory = memory;
  }
}

/** A buffer that other plans use at other times, if one fits without waste, else a new one. */
function fromArena(gpu: Gpu, need: number, taken: Set<Memory>, plan: Plan): Memory {
  const size = Math.max(16, Math.ceil(need / 16) * 16);
  const fit = gpu.arena
    .filter(({ memory }) => !taken.has(memory) && memory.bytes >= size && memory.bytes <= size * 2)
    .sort((a, b) => a.memory.bytes - b.memory.bytes)[0];
  const entry = fit ?? { memory: gpu.allocate(size, `arena ${size} bytes`), users: new Set() };
  if (!fit) gpu.arena.push(entry);
  entry.users.add(plan);
  return entry.memory;
}

/** Frees what only this plan used. */
export function releaseMemory(gpu: Gpu, plan: Plan): void {
  for (const memory of plan.owned) gpu.free(memory);
  for (const entry of [...gpu.arena]) {
    entry.users.delete(plan);
    if (entry.users.size) continue;
    gpu.arena.splice(gpu.arena.indexOf(entry), 1);
    gpu.free(entry.memory);
  }
}
