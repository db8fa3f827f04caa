import { model, type ModelDispatch, type ModelRow } from '../tools/lockstep/model.ts';
import { pretendGpu } from '../tools/pretend.ts';
import { cases } from './cases.ts';
import { contestant } from './ours/contestant.ts';
import { makeInputs } from './problems/kinds.ts';
import { variantsOf } from './run.ts';
import type { Contestant } from './types.ts';

/** A kernel of a case as hardware would run it. */
export interface ModelledKernel extends ModelRow {
  readonly case: string;
  /** The engine, or the variant that was forced. */
  readonly contestant: string;
  /** How many dispatches of a call are this one. */
  readonly dispatches: number;
}

let take: (() => ModelDispatch[]) | null = null;
const known = new Map<string, ModelRow>();

/**
 * Plans a case of the bench for pretended hardware and models every kernel it dispatches.
 * @param variants contracts of which every variant is modelled, each on its own
 */
export async function modelCase(name: string, variants?: string): Promise<ModelledKernel[]> {
  const problem = cases.find((c) => c.name === name)?.problem;
  if (!problem) throw new Error(`internal: no case '${name}'.`);
  take ??= pretendGpu();
  const inputs = makeInputs(problem);
  const found: ModelledKernel[] = [];
  const queue: Contestant[] = [contestant];
  for (let next = queue.shift(); next; next = queue.shift()) {
    await next.open();
    const work = await next.prepare(problem, inputs);
    take();
    await work?.call();
    const forced = next === contestant ? '' : `${next.name.split('/')[0]}/`;
    const kernels = take().filter(({ file }) => file.startsWith(forced));
    for (const [row, dispatches] of counted(kernels)) {
      found.push({ case: name, contestant: next.name, dispatches, ...row });
    }
    queue.unshift(...variantsOf(next, variants ?? null));
  }
  return found;
}

/** The different kernels among dispatches, modelled, and how often each occurs. */
function counted(dispatches: readonly ModelDispatch[]): Map<ModelRow, number> {
  const times = new Map<ModelRow, number>();
  for (const dispatch of dispatches) {
    const { code, overrides, groups, bindings } = dispatch;
    const sizes = [...bindings.values()].map((bytes) => bytes.byteLength);
    const key = JSON.stringify([overrides, groups, sizes]) + code;
    const row = known.get(key) ?? modelled(dispatch);
    if (!row) continue;
    known.set(key, row);
    times.set(row, (times.get(row) ?? 0) + 1);
  }
  return times;
}

/** A dispatch modelled; null, and a line on stderr, where it can't be traced. */
function modelled(dispatch: ModelDispatch): ModelRow | null {
  try {
    return model(dispatch);
  } catch (error) {
    process.stderr.write(`bench: ${dispatch.file} is left out: ${(error as Error).message}\n`);
    return null;
  }
}
