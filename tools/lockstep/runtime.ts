type Vector = number[];
type Binary = (a: number, b: number) => number;
const at = (value: number | Vector, i: number) => (Array.isArray(value) ? value[i] : value);

/** As Array.from makes it, many times faster: vectors are most of the work. */
function vector<T>(size: number, of: (i: number) => T): T[] {
  if (size === 4) return [of(0), of(1), of(2), of(3)];
  return size === 2 ? [of(0), of(1)] : [of(0), of(1), of(2)];
}

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
    zip(f: (x: number, y: number) => unknown, a: number | Vector, b: number | Vector) {
      if (!Array.isArray(a)) return vector((b as Vector).length, (i) => f(a, (b as Vector)[i]));
      if (!Array.isArray(b)) return vector(a.length, (i) => f(a[i], b));
      return vector(a.length, (i) => f(a[i], b[i]));
    },
    each: (
      round: (x: number) => number,
      f: (...x: number[]) => number,
      ...args: (number | Vector)[]
    ) => {
      const size = (args.find(Array.isArray) as Vector).length;
      const [a, b, c] = args; // no builtin takes more
      if (args.length === 1) return vector(size, (i) => round(f(at(a, i))));
      if (args.length === 2) return vector(size, (i) => round(f(at(a, i), at(b, i))));
      return vector(size, (i) => round(f(at(a, i), at(b, i), at(c, i))));
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
    matVec,
    matMat: (a: Vector[], b: Vector[]) => b.map((column) => matVec(a, column)),
    transpose: (m: Vector[]) => m[0].map((_, row) => m.map((column) => column[row])),
    bytes: (x: number) => [0, 8, 16, 24].map((shift) => (x >>> shift) & 255),
    pack: (x: Vector) => x.reduce((sum, byte, i) => (sum | ((byte & 255) << (8 * i))) >>> 0, 0),
  };
}

const matVec = (m: Vector[], v: Vector): Vector =>
  m[0].map((_, row) =>
    m.map((column, i) => Math.fround(column[row] * v[i])).reduce((x, y) => Math.fround(x + y)),
  );

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return typeof value[0] === 'object' ? value.map(copy) : value.slice();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copy(v)]));
}
