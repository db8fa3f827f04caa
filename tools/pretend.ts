import type { ModelDispatch } from './lockstep/model.ts';

/** A buffer that holds what the host wrote; null as long as it wrote nothing, which reads as zeros. */
interface PretendedBuffer {
  readonly label: string;
  readonly size: number;
  data: ArrayBuffer | null;
}

interface Entry {
  readonly binding: number;
  readonly resource: { buffer: PretendedBuffer; offset?: number; size?: number };
}

/** Limits that every WebGPU adapter has (https://www.w3.org/TR/webgpu/#limits). */
const limits = {
  maxStorageBuffersPerShaderStage: 8,
  maxUniformBufferBindingSize: 65536,
  maxStorageBufferBindingSize: 134217728,
  maxBufferSize: 268435456,
  minUniformBufferOffsetAlignment: 256,
  minStorageBufferOffsetAlignment: 256,
  maxComputeWorkgroupStorageSize: 16384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65535,
};

const info = {
  vendor: 'pretended',
  architecture: 'hardware',
  device: '',
  description: 'subgroups of 32, default limits',
  subgroupMinSize: 32,
  subgroupMaxSize: 32,
};

const features = new Set(['subgroups', 'shader-f16']);

const constants = {
  GPUBufferUsage: {
    ...{ MAP_READ: 1, MAP_WRITE: 2, COPY_SRC: 4, COPY_DST: 8, INDEX: 16, VERTEX: 32 },
    ...{ UNIFORM: 64, STORAGE: 128, INDIRECT: 256, QUERY_RESOLVE: 512 },
  },
  GPUMapMode: { READ: 1, WRITE: 2 },
  GPUShaderStage: { VERTEX: 1, FRAGMENT: 2, COMPUTE: 4 },
};

/**
 * Makes `navigator.gpu` one that computes nothing, pretends to be hardware with subgroups of 32 and
 * the default limits, and remembers what is dispatched: the engine plans for it as for any other.
 * Results are zeros.
 * @returns takes the dispatches since it was last called
 */
export function pretendGpu(): () => ModelDispatch[] {
  let dispatched: ModelDispatch[] = [];
  const requestDevice = async () => device((dispatch) => dispatched.push(dispatch));
  const gpu = { requestAdapter: async () => ({ features, limits, info, requestDevice }) };
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  Object.assign(globalThis, constants);
  return () => {
    const taken = dispatched;
    dispatched = [];
    return taken;
  };
}

function device(tell: (dispatch: ModelDispatch) => void) {
  const empty = (descriptor: object) => ({ ...descriptor });
  return {
    features,
    limits,
    adapterInfo: info,
    lost: new Promise(() => {}),
    queue: { writeBuffer, submit() {}, onSubmittedWorkDone: async () => {} },
    addEventListener() {},
    destroy() {},
    pushErrorScope() {},
    popErrorScope: async () => null,
    createBuffer,
    createBindGroup: empty,
    createBindGroupLayout: empty,
    createPipelineLayout: empty,
    createShaderModule: empty,
    createComputePipeline: empty,
    createComputePipelineAsync: async (descriptor: object) => ({ ...descriptor }),
    createCommandEncoder: () => ({
      beginComputePass: () => pass(tell),
      copyBufferToBuffer() {},
      finish: () => ({}),
    }),
  };
}

function createBuffer({ label = '', size }: GPUBufferDescriptor) {
  return {
    label,
    size,
    data: null,
    destroy() {},
    mapAsync: async () => {},
    getMappedRange: () => new ArrayBuffer(size),
    unmap() {},
  };
}

/** Offset and size count elements of a typed array, bytes of an ArrayBuffer. */
function writeBuffer(
  buffer: PretendedBuffer,
  to: number,
  from: ArrayBuffer | Uint8Array | Float32Array,
  offset = 0,
  size?: number,
): void {
  const view = ArrayBuffer.isView(from);
  const unit = view ? from.BYTES_PER_ELEMENT : 1;
  const whole = view
    ? new Uint8Array(from.buffer, from.byteOffset, from.byteLength)
    : new Uint8Array(from);
  const bytes = whole.subarray(
    offset * unit,
    size === undefined ? undefined : (offset + size) * unit,
  );
  buffer.data ??= new ArrayBuffer(buffer.size);
  new Uint8Array(buffer.data).set(bytes, to);
}

interface Pipeline {
  readonly compute: {
    readonly module: { readonly label: string; readonly code: string };
    readonly constants: Record<string, number>;
  };
}

/** Buffers are copied when a dispatch is recorded, since the next step writes them again. */
function pass(tell: (dispatch: ModelDispatch) => void) {
  let pipeline: Pipeline;
  let entries: readonly Entry[];
  return {
    setPipeline(given: Pipeline) {
      pipeline = given;
    },
    setBindGroup(_: number, group: { entries: readonly Entry[] }) {
      entries = group.entries;
    },
    dispatchWorkgroups(x: number, y = 1, z = 1) {
      const { module, constants: overrides } = pipeline.compute;
      const bindings = new Map(entries.map(({ binding, resource }) => [binding, held(resource)]));
      tell({ file: module.label, code: module.code, overrides, groups: [x, y, z], bindings });
    },
    end() {},
  };
}

function held({ buffer, offset = 0, size = buffer.size - offset }: Entry['resource']): ArrayBuffer {
  return buffer.data?.slice(offset, offset + size) ?? new ArrayBuffer(size);
}
