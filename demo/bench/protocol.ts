import type { Checked } from '../kernels/check.ts';
import type { Request } from '../../bench/run.ts';
import type { Header, Roofs, Row } from '../../bench/types.ts';

/** What this machine is, and what it can do at most. */
export interface Machine extends Pick<Header, 'adapter' | 'features' | 'limits' | 'clocks'> {
  roofs: Roofs;
}

/** What the page asks of a worker; each worker answers once. */
export type Asked =
  | { kind: 'look' }
  /** With an edited variant, that one races the original in place of the engine as it is. */
  | { kind: 'run'; request: Request; edited?: Edited }
  | { kind: 'check'; edited: Edited };

/** A text in the place of a variant's own. */
export interface Edited {
  contract: string;
  variant: string;
  code: string;
}

/** What a worker tells. */
export type Told =
  | { kind: 'progress'; fraction: number; note: string }
  | { kind: 'machine'; machine: Machine }
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'checked'; checked: Checked }
  | { kind: 'failed'; message: string };
