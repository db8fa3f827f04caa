/** A curve of the noise that is followed to the data. */
export type Curve = 'circle' | 'line';

/** What is carried from noise to data. */
export interface AskWay {
  curve: Curve;
}

/** Points of the noise on their way to the data: a grid, a curve and samples, after each map of the flow. */
export interface Way {
  /** Maps of the flow. */
  maps: number;
  /** Where the points are before the first map, after it, ...: [maps + 1, n, 2]. */
  places: Float32Array;
  /** By how much volume has grown there so far, nats: [maps + 1, n]. */
  logVolumes: Float32Array;
  /** Lines of the grid each way, and points of each; then points of the curve; the others are samples. */
  lines: number;
  along: number;
  curve: number;
}

/** Half the side of the grid that is carried, in standard deviations of the noise. */
export const REACH = 3;

/** What the flow says over the plane, of a grid of so many places each way. */
export interface AskPlane {
  side: number;
}

/** [side²] each, row by row from the top, nats. */
export interface FlowPlane {
  logDensity: Float32Array;
  /** log |det ∂z/∂x|. */
  logDet: Float32Array;
}

/** Two test images whose noise is the ends of a straight way, and so many images of it. */
export interface Between {
  from: number;
  to: number;
  count: number;
}

/** What deviations of the noise make of the same directions. */
export interface Temperatures {
  values: number[];
  count: number;
}
