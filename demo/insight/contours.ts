/** A piece of a line of equal value. */
export type Segment = readonly [x0: number, y0: number, x1: number, y1: number];

/**
 * Where a field has a value: pieces of lines on [−extent, extent]², by marching squares between the middles
 * of the cells of a square grid, row by row from the top.
 */
export function contoursOf(values: ArrayLike<number>, level: number, extent: number): Segment[] {
  const side = Math.round(Math.sqrt(values.length));
  const found: Segment[] = [];
  const place = (row: number, column: number): [number, number] => [
    ((2 * column + 1) / side - 1) * extent,
    -((2 * row + 1) / side - 1) * extent,
  ];
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const corners = [
        [row, column],
        [row, column + 1],
        [row + 1, column + 1],
        [row + 1, column],
      ] as const;
      const crossings: [number, number][] = [];
      corners.forEach(([r, c], k) => {
        const [r2, c2] = corners[(k + 1) % 4];
        const [a, b] = [values[r * side + c] - level, values[r2 * side + c2] - level];
        if (a < 0 === b < 0) return;
        const share = a / (a - b);
        crossings.push(place(r + (r2 - r) * share, c + (c2 - c) * share));
      });
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        found.push([...crossings[k], ...crossings[k + 1]] as Segment);
      }
    }
  }
  return found;
}
