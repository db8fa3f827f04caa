/** How near samples of so many passes come to the data: what the answer `quality` tells. */
export interface Quality {
  passes: number;
  /** What drawing the samples took. */
  seconds: number;
  /** By name; the first is drawn, the smaller the better. */
  metrics: Record<string, number>;
}
