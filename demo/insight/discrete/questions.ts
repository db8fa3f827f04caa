/** Samples that are drawn before one's eyes. */
export interface Unmask {
  /** What is given, `_` for blanks; null: nothing. Of texts alone. */
  pattern: string | null;
  passes: number;
  count: number;
}

/** Samples after so many passes. */
export interface Moment {
  done: number;
  /** [count, D], the mask being the number of symbols. */
  symbols: Uint32Array;
  /** Symbols of the alphabet. */
  mask: number;
}
