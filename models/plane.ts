/** The middles of the cells of a square grid over [−extent, extent]², row by row from the top: [side², 2]. */
export function planePoints(extent: number, side: number): Float32Array<ArrayBuffer> {
  const at = (i: number) => ((2 * i + 1) / side - 1) * extent;
  return Float32Array.from({ length: 2 * side * side }, (_, k) =>
    k % 2 === 0 ? at((k >> 1) % side) : -at(Math.floor(k / 2 / side)),
  );
}
