import { type Uniform, uniformOf } from './chain.ts';
import { epilogueText, pointwiseKernel } from './codegen.ts';
import { EightfoldError, invariant } from './errors.ts';
import type { Gpu, Memory } from './gpu.ts';
import type { Graph } from './graph.ts';
import type { Kernel } from './kernel.ts';
import { assignMemory, releaseMemory } from './memory.ts';
import { type Access, asHalf, type PipelineRequest, withEpilogue, withHalf } from './pipeline.ts';
import { draft } from './plan.ts';
import { type Dispatch, type Draft, type PlanSlot, resolve, touched } from './slot.ts';
import { bytesOf, type DType, dims, type Node, type Shape, sizeOf } from './tensor.ts';
import { type NumberWord, Uniforms } from './uniforms.ts';

/** A dispatch ready to encode, with what a profile says about it. */
export interface Encoded {
  readonly label: string;
  readonly op: string;
  readonly request: PipelineRequest;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly groups: readonly [number, number, number];
  readonly shapes: string;
  readonly bytes: number;
  readonly flops: number;
  /** Where it stores its results. */
  readonly writes: { memory: Memory; offset: number; size: number; dtype: DType; shape: Shape }[];
  /** Number of the recorded op that it belongs to. */
  readonly node: number;
}

/** A cached way to run one structure: buffers, bind groups and pipelines are all made. */
export interface Plan {
  readonly encoded: Encoded[];
  readonly copies: {
    from: Memory;
    fromOffset: number;
    to: Memory;
    toOffset: number;
    bytes: number;
  }[];
  /** Where the roots lie. */
  readonly roots: { memory: Memory; offset: number }[];
  readonly hosts: { local: number; memory: Memory }[];
  /** Words of the uniform buffer that come from plain numbers of the recording. */
  readonly numbers: NumberWord[];
  readonly uniforms: Memory | null;
  readonly words: Uint32Array;
  readonly floats: Float32Array;
  readonly owned: Memory[];
  uploaded: boolean;
}

/** Plans a graph and makes every GPU object its runs will need. */
export function makePlan(gpu: Gpu, graph: Graph): Plan {
  return bindPlan(gpu, graph, draft(gpu, graph));
}

/** Pipelines that running a graph will need, without making anything. */
export function pipelinesOf(gpu: Gpu, graph: Graph): PipelineRequest[] {
  const { dispatches } = draft(gpu, graph);
  return dispatches.map(
    (d) =>
      prepare(
        gpu,
        d,
        d.chainReads.map(() => -1),
      ).request,
  );
}

function bindPlan(gpu: Gpu, graph: Graph, made: Draft): Plan {
  const owned: Memory[] = [];
  const uniformWords = new Uniforms(graph);
  const plan = { owned, uploaded: false } as unknown as Plan;
  gpu.device.pushErrorScope('out-of-memory');
  const copies = assignMemory(gpu, made, plan);
  const prepared = made.dispatches.map((d) => {
    const ready = prepare(gpu, d, inPlaceOf(d));
    const own = d.kernel ? uniformWords.add(paramsOf(d)) : -1;
    const fused = ready.uniform ? uniformWords.add(ready.uniform) : -1;
    return { d, ready, uniformOffsets: [own, fused].filter((o) => o >= 0) };
  });
  const uniforms = uniformWords.bytes
    ? gpu.allocate(uniformWords.bytes, 'uniforms', GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST)
    : null;
  if (uniforms) owned.push(uniforms);
  const words = uniformWords.words();
  const working = workers(made.dispatches);
  const encoded = prepared.map(({ d, ready, uniformOffsets }) => ({
    ...encode(gpu, d, ready, uniforms, uniformOffsets),
    flops: flopsOf(d, working),
  }));
  gpu.pipelines.track(
    gpu.device.popErrorScope().then((error) => {
      if (error) gpu.fail('out-of-memory', `step: ${error.message} Use smaller batches.`);
    }),
  );
  return Object.assign(plan, {
    encoded,
    uniforms,
    words,
    floats: new Float32Array(words.buffer),
    numbers: uniformWords.numbers,
    roots: made.roots.map((slot) => locate(slot)),
    hosts: made.hosts.map(({ node, slot }) => ({ local: node.local, memory: locate(slot).memory })),
    copies: copies.map(({ from, to }) => {
      const [a, b] = [locate(from), locate(to)];
      const bytes = Math.ceil(bytesOf(to.size, to.dtype) / 4) * 4;
      return { from: a.memory, fromOffset: a.offset, to: b.memory, toOffset: b.offset, bytes };
    }),
  });
}

function locate(slot: PlanSlot): { memory: Memory; offset: number } {
  const { place, offset } = resolve(slot);
  invariant(place.memory !== null, `'${place.label}' has no memory`);
  return { memory: place.memory, offset };
}

/** For each operand of a generated kernel the output whose memory it is, or -1. */
function inPlaceOf(d: Dispatch): number[] {
  return d.chainReads.map((read) => {
    if (d.kernel) return -1;
    const a = locate(read);
    return d.chainWrites.findIndex((write) => {
      const b = locate(write);
      return a.memory === b.memory && a.offset === b.offset;
    });
  });
}

interface Ready {
  readonly kernel: Kernel;
  readonly request: PipelineRequest;
  /** The generated uniform, if the dispatch has one. */
  readonly uniform: Uniform | null;
  /** Slots in binding order, uniforms left out. */
  readonly slots: PlanSlot[];
  /** Number of storage bindings before the kernel's own uniform. */
  readonly own: number;
}

function prepare({ texts }: Gpu, d: Dispatch, inPlace: number[]): Ready {
  const label = labelOf(d);
  if (!d.kernel) {
    const chain = d.chain as NonNullable<typeof d.chain>;
    const kernel = pointwiseKernel(chain, inPlace);
    const slots = [...d.chainReads.filter((_, j) => inPlace[j] < 0), ...d.chainWrites];
    return {
      kernel,
      slots,
      uniform: uniformOf(chain, sizeOf(chain.group.shape)),
      request: {
        label,
        kernel,
        code: kernel.code,
        overrides: {},
        access: [...kernel.bindings.map((b) => b.access), 'uniform'],
      },
      own: slots.length,
    };
  }
  const { kernel, overrides } = d;
  const unknown = Object.keys(d.bindings).find((n) => !kernel.bindings.some((b) => b.name === n));
  invariant(!unknown, `${label}: ${kernel.file} has no binding '${unknown}'`);
  const slots = kernel.bindings.map(({ name }) => {
    invariant(name in d.bindings, `${label}: binding '${name}' of ${kernel.file} is missing`);
    return d.bindings[name];
  });
  const access: Access[] = [...kernel.bindings.map((b) => b.access), 'uniform'];
  const text = texts[kernel.file] ?? kernel.code;
  const own = isHalf(d, kernel, label) ? asHalf(text) : text;
  if (!d.chain) {
    const request = { label, kernel, code: withHalf(own), overrides, access };
    return { kernel, request, uniform: null, slots, own: slots.length };
  }
  const type = kernel.epilogue as 'f32' | 'vec4f';
  const fused = epilogueText(d.chain, d.through, type, slots.length + 1);
  const code = withHalf(withEpilogue(own, fused.text));
  access.push(...d.chainReads.map(() => 'read' as const), 'uniform');
  const request = { label, kernel, code, overrides, access };
  return {
    kernel,
    request,
    uniform: uniformOf(d.chain, sizeOf(d.chain.group.shape)),
    slots: [...slots, ...d.chainReads],
    own: slots.length,
  };
}

/** Whether a kernel is built for half floats: its `real` bindings are all f16, or none is. */
function isHalf({ bindings }: Dispatch, kernel: Kernel, label: string): boolean {
  const halves = kernel.bindings.filter(({ name }) => bindings[name].dtype === 'f16');
  const built = halves.length > 0;
  invariant(
    !built || halves.map(({ name }) => name).join() === kernel.reals.join(),
    `${label}: ${kernel.file} has f16 in [${halves.map((b) => b.name)}], expected [${kernel.reals}]`,
  );
  return built;
}

const labelOf = (d: Dispatch): string => {
  const inputs = d.kernel ? d.node?.inputs : d.chain?.reads.map((r) => r.operand.tensor);
  return `${d.op} ${(inputs ?? []).map((t) => dims(t)).join('·')}`;
};

/** A kernel's Params as a uniform, checked against its declaration. */
function paramsOf(d: Dispatch): Uniform {
  const kernel = d.kernel as Kernel;
  const fields = kernel.params.map(({ name, type }) => {
    const value = d.params[name];
    invariant(
      typeof value === 'number' && !Number.isNaN(value),
      `${labelOf(d)}: param '${name}' of ${kernel.file} is ${value}`,
    );
    return { name, type, value };
  });
  return { fields };
}

function encode(
  gpu: Gpu,
  d: Dispatch,
  ready: Ready,
  uniforms: Memory | null,
  uniformOffsets: readonly number[],
): Omit<Encoded, 'flops'> {
  const { request, slots, own, kernel, uniform } = ready;
  const pipeline = gpu.pipelines.get(request);
  const entries: GPUBindGroupEntry[] = [];
  let binding = 0;
  slots.forEach((slot, i) => {
    if (d.kernel && i === own) binding++;
    entries.push({ binding: binding++, resource: storage(slot) });
  });
  const sizes = [
    ...(d.kernel ? [kernel.paramsBytes] : []),
    ...(uniform ? [uniform.fields.length * 4] : []),
  ];
  const places = d.kernel ? [own, slots.length + 1] : [slots.length];
  uniformOffsets.forEach((offset, i) => {
    const size = Math.ceil(sizes[i] / 16) * 16;
    const resource = { buffer: (uniforms as Memory).buffer, offset, size };
    entries.push({ binding: places[i], resource });
  });
  gpu.device.pushErrorScope('validation');
  const label = request.label;
  const layout = gpu.pipelines.layout(request.access);
  const bindGroup = gpu.device.createBindGroup({ label, layout, entries });
  gpu.pipelines.track(
    gpu.device.popErrorScope().then((error) => {
      if (error) gpu.fail('gpu', `internal: ${label} (${kernel.file}): ${error.message}`);
    }),
  );
  return {
    label,
    op: d.op,
    request,
    pipeline,
    bindGroup,
    groups: d.groups,
    shapes: label.slice(d.op.length + 1),
    bytes: slots.reduce((n, s) => n + bytesOf(s.size, s.dtype), 0),
    writes: touched(d).writes.map((s) => {
      const { size, dtype, shape } = s;
      return { ...locate(s), size, dtype, shape };
    }),
    node: d.node?.id ?? 0,
  };
}

/** Of an op in several dispatches, the one whose work is counted: the product, or else the first. */
function workers(dispatches: readonly Dispatch[]): Map<Node, Dispatch> {
  const found = new Map<Node, Dispatch>();
  for (const d of dispatches) {
    const product = d.kernel?.file.startsWith('matmul/');
    if (d.node && d.kernel && (product || !found.has(d.node))) found.set(d.node, d);
  }
  return found;
}

function flopsOf(d: Dispatch, working: Map<Node, Dispatch>): number {
  if (d.chain && !d.kernel) return d.chain.group.nodes.length * sizeOf(d.chain.group.shape);
  if (!d.node || working.get(d.node) !== d) return 0;
  const { op, outputs, inputs, attrs } = d.node;
  return op.flops?.(outputs as never, inputs as never, attrs) ?? 0;
}

function storage(slot: PlanSlot): GPUBufferBinding {
  const { memory, offset } = locate(slot);
  if (offset % 256 !== 0) {
    throw new EightfoldError('internal', `internal: '${slot.place.label}' lies at ${offset}`);
  }
  const bytes = Math.max(16, Math.ceil(bytesOf(slot.size, slot.dtype) / 16) * 16);
  return { buffer: memory.buffer, offset, size: Math.min(bytes, memory.bytes - offset) };
}

/** Frees what a plan owns; its pipelines stay cached. */
export const disposePlan = (gpu: Gpu, plan: Plan): void => releaseMemory(gpu, plan);
