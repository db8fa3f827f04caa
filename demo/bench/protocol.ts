import type { Request } from '../../bench/run.ts';
import type { Clocks, Roofs, Row } from '../../bench/types.ts';

/** What this machine is, and what it can do at most. */
export interface Machine {
  adapter: { vendor: string; architecture: string; fallback: boolean };
  clocks: Clocks;
  roofs: Roofs;
}

/** What the page asks of a worker; each worker answers once. */
export type Asked = { kind: 'look' } | { kind: 'run'; request: Request };

/** What a worker tells. */
export type Told =
  | { kind: 'progress'; fraction: number; note: string }
  | { kind: 'machine'; machine: Machine }
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'failed'; message: string };
