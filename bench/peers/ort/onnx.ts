/** An attribute of a node: an integer, a float, integers or a string. */
export type Attribute = number | { float: number } | number[] | string;

export interface Node {
  op: string;
  inputs: string[];
  outputs: string[];
  /** The operator set; ONNX's own by default. */
  domain?: string;
  attributes?: Record<string, Attribute>;
}

/** A model of float32 tensors; `constants` are inputs whose numbers stand in the model. */
export interface Graph {
  nodes: Node[];
  inputs: Record<string, number[]>;
  outputs: Record<string, number[]>;
  constants?: Record<string, { data: Float32Array | BigInt64Array; shape: number[] }>;
}

/** Pieces of a message in the wire format of protocol buffers. */
type Bytes = number[] | Uint8Array;

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return [...out, rest];
}

/** Field `id` of a message: a whole number, text, or bytes with their length before them. */
function field(id: number, value: number | string | Bytes): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(id * 8), ...varint(value)]);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return joined([varint(id * 8 + 2), varint(bytes.length), bytes]);
}

function joined(parts: Bytes[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const FLOAT = 1;
const INT64 = 7;
/** AttributeProto.type. */
const kinds = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** AttributeProto: 1 name, 2 f, 3 i, 4 s, 8 ints, 20 type. */
function attribute(name: string, value: Attribute): Uint8Array {
  const of = (kind: keyof typeof kinds, ...parts: Bytes[]) =>
    joined([field(1, name), ...parts, field(20, kinds[kind])]);
  if (typeof value === 'number') return of('int', field(3, value));
  if (typeof value === 'string') return of('string', field(4, value));
  if (Array.isArray(value)) return of('ints', ...value.map((v) => field(8, v)));
  return of('float', [2 * 8 + 5], new Uint8Array(Float32Array.of(value.float).buffer));
}

/** NodeProto: 1 input, 2 output, 4 op_type, 5 attribute, 7 domain. */
const node = ({ op, inputs, outputs, domain = '', attributes = {} }: Node): Uint8Array =>
  joined([
    ...inputs.map((name) => field(1, name)),
    ...outputs.map((name) => field(2, name)),
    field(4, op),
    ...Object.entries(attributes).map(([name, value]) => field(5, attribute(name, value))),
    field(7, domain),
  ]);

/** ValueInfoProto: a name and, three messages deep, the sizes of a float32 tensor. */
function valueInfo(name: string, shape: number[]): Uint8Array {
  const sizes = joined(shape.map((size) => field(1, field(1, size))));
  const tensor = joined([field(1, FLOAT), field(2, sizes)]);
  return joined([field(1, name), field(2, field(1, tensor))]);
}

/** TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data. */
function constant(name: string, data: Float32Array | BigInt64Array, shape: number[]): Uint8Array {
  const type = data instanceof Float32Array ? FLOAT : INT64;
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return joined([
    ...shape.map((size) => field(1, size)),
    field(2, type),
    field(8, name),
    field(9, raw),
  ]);
}

/** GraphProto: 1 node, 2 name, 5 initializer, 11 input, 12 output. */
const graphOf = ({ nodes, inputs, outputs, constants = {} }: Graph): Uint8Array =>
  joined([
    ...nodes.map((one) => field(1, node(one))),
    field(2, 'bench'),
    ...Object.entries(constants).map(([name, { data, shape }]) =>
      field(5, constant(name, data, shape)),
    ),
    ...Object.entries(inputs).map(([name, shape]) => field(11, valueInfo(name, shape))),
    ...Object.entries(outputs).map(([name, shape]) => field(12, valueInfo(name, shape))),
  ]);

/**
 * A model in the bytes of an `.onnx` file (ModelProto: 1 ir_version, 7 graph, 8 opset_import), with
 * ONNX's operator set 21 and Microsoft's first.
 */
export function model(graph: Graph): Uint8Array {
  const set = (domain: string, version: number) => joined([field(1, domain), field(2, version)]);
  return joined([
    field(1, 10),
    field(7, graphOf(graph)),
    field(8, set('', 21)),
    field(8, set('com.microsoft', 1)),
  ]);
}
