import { currentGpu, type Tensor, variable, type Variable } from '../../engine/index.ts';
import type { Inputs, Work } from '../types.ts';

/** A step that is called again and again; its results are read where they lie. */
export function working(fn: () => Tensor[]): Work {
  const gpu = currentGpu();
  const step = gpu.step(fn);
  let out: Tensor[] = [];
  return {
    compile: () => step.prepare(),
    call() {
      out = step();
    },
    settle: () => gpu.idle(),
    profile: async () => (await gpu.profile(() => step())).events,
    read: () => Promise.all(out.map((value) => value.data() as Promise<Float32Array>)),
  };
}

/** A variable per name, of these inputs. */
export const variables = (
  shapes: Record<string, number[]>,
  inputs: Inputs,
): Record<string, Variable> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, variable(inputs[name], shape, { name })]),
  );
