type Vector = number[];
type Binary = (a: number, b: number) => number;
const at = (value: number | Vector, i: number) => (Array.isArray(value) ? value[i] : value);

/** What the compiled code calls. */
export function runtime() {
  let ticks = 0;
  return {
    tick(line: number) {
      if (++ticks > 2e7) throw new Error(`line ${line}: this loop does not end.`);
    },
    at(index: number, size: number, line: number) {
      if (index >= 0 && index < size) return index;
      throw new Error(`line ${line}: index ${index} of ${size} elements.`);
    },
    copy,
    after: <T>(value: T) => value,
    pick: (value: Vector, which: number[]) => which.map((i) => value[i]),
    map: (f: (x: number) => unknown, x: number | Vector) =>
      Array.isArray(x) ? x.map((item) => f(item)) : f(x),
    zip: (f: (x: number, y: number) => unknown, a: number | Vector, b: number | Vector) =>
      Array.from(
        { length: Math.max(Number((a as Vector).length) || 0, Number((b as Vector).length) || 0) },
        (_, i) => f(at(a, i), at(b, i)),
      ),
    each: (
      round: (x: number) => number,
      f: (...x: number[]) => number,
      ...args: (number | Vector)[]
    ) => {
      const size = (args.find(Array.isArray) as Vector).length;
      return Array.from({ length: size }, (_, i) => round(f(...args.map((arg) => at(arg, i)))));
    },
    dot: (ops: Record<string, (a: number, b: number) => number>, a: Vector, b: Vector) =>
      a.map((x, i) => ops['*'](x, b[i])).reduce((x, y) => ops['+'](x, y)),
    select: (no: unknown, yes: unknown, test: boolean | boolean[]) =>
      Array.isArray(test)
        ? test.map((t, i) => (t ? (yes as Vector) : (no as Vector))[i])
        : test
          ? yes
          : no,
    columns: (f: Binary, a: Vector[], b: number | Vector[]) =>
      a.map((column, i) => column.map((x, j) => f(x, Array.isArray(b) ? b[i][j] : b))),
    matVec: (m: Vector[], v: Vector) =>
      m[0].map((_, row) =>
        m.map((column, i) => Math.fround(column[row] * v[i])).reduce((x, y) => Math.fround(x + y)),
      ),
    transpose: (m: Vector[]) => m[0].map((_, row) => m.map((column) => column[row])),
    bytes: (x: number) => [0, 8, 16, 24].map((shift) => (x >>> shift) & 255),
    pack: (x: Vector) => x.reduce((sum, byte, i) => (sum | ((byte & 255) << (8 * i))) >>> 0, 0),
  };
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === 'object' ? value.map(copy) : value.slice();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copy(v)]));
}
