import type { Case } from '../cases.ts';
import type { Request, Result } from '../run.ts';
import type { Trials } from '../selftest/trials.ts';
import type { Header, Roofs } from '../types.ts';

/** Something with WebGPU that runs cases: a page of a browser, or Node. */
export interface Host {
  /** Runs a case anew, so that it inherits neither buffers nor pipelines. */
  run(
    one: Case,
    asked: Omit<Request, 'case' | 'problem' | 'absent' | 'quantumMs'>,
  ): Promise<Result>;
  describe(): Promise<
    Pick<Header, 'adapter' | 'features' | 'limits' | 'browser' | 'flags' | 'clocks'>
  >;
  /** Measures what the adapter can do. */
  calibrate(): Promise<Roofs>;
  /** Races whose outcome is known. */
  selftest(trials: number, planted: number): Promise<Trials>;
  close(): Promise<void>;
}
