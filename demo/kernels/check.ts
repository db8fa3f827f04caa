import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from '../../test/kernels/case.ts';
import { differences, trial } from '../../test/kernels/check.ts';
import { onDevice } from '../../test/kernels/device.ts';
import type { Edited } from '../bench/protocol.ts';

/** What the compiler says of a line; line 0 is the text as a whole. */
export interface Remark {
  type: 'error' | 'warning' | 'info';
  line: number;
  column: number;
  text: string;
}

/** What came of a check. */
export interface Checked {
  remarks: Remark[];
  /** Cases of the contract's table that were run. */
  cases: number;
  /** Of each case with a wrong result, its name and the first difference. */
  wrong: string[];
}

const files = import.meta.glob<Kernel>(['../../shaders/*/*.wgsl', '!**/functions.wgsl'], {
  import: 'default',
});
const tables = import.meta.glob<Case[]>('../../test/kernels/*.ts', { import: 'cases' });

/**
 * Compiles a text in the place of a variant and runs it on all cases of its contract's table, whose sizes are
 * odd and whose numbers are hard, against the float64 reference. Throws where the GPU is lost.
 */
export async function checkText(
  adapter: GPUAdapter,
  { contract, variant, code }: Edited,
  tell: (fraction: number, note: string) => void,
): Promise<Checked> {
  const original = await files[`../../shaders/${contract}/${variant}.wgsl`]();
  const rows = await tables[`../../test/kernels/${contract}.ts`]();
  const { device, lanes } = await openDevice(adapter);
  const lost = device.lost.then(({ message }) => {
    throw new Error(
      `the GPU was lost while the kernel ran (${message || 'no details'}): does a loop end?`,
    );
  });
  const work = compileAndRun(device, { ...original, code }, lanes, rows, tell);
  try {
    return await Promise.race([work, lost]);
  } finally {
    lost.catch(() => undefined); // closing the device is a loss too
    device.destroy();
  }
}

async function openDevice(adapter: GPUAdapter) {
  const wanted = ['subgroups', 'shader-f16'] as GPUFeatureName[];
  const requiredFeatures = wanted.filter((name) => adapter.features.has(name));
  const device = await adapter.requestDevice({ requiredFeatures, label: 'check' });
  const { subgroupMinSize, subgroupMaxSize } = adapter.info;
  return { device, lanes: subgroupMinSize === subgroupMaxSize ? (subgroupMinSize ?? null) : null };
}

async function compileAndRun(
  device: GPUDevice,
  kernel: Kernel,
  lanes: number | null,
  rows: readonly Case[],
  tell: (fraction: number, note: string) => void,
): Promise<Checked> {
  tell(0, 'compiling');
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: kernel.code, label: kernel.file });
  const { messages } = await module.getCompilationInfo();
  await device.popErrorScope(); // says the same once more
  const remarks = messages.map(({ type, lineNum, linePos, message }): Remark => {
    return { type, line: lineNum, column: linePos, text: message };
  });
  if (remarks.some(({ type }) => type === 'error')) return { remarks, cases: 0, wrong: [] };
  if (kernel.features.includes('subgroups') && lanes === null) {
    throw new Error('this adapter has no subgroups of one size, which the kernel needs');
  }
  const fixed: Record<string, number> = 'SIZE' in kernel.overrides ? { SIZE: lanes as number } : {};
  const own = rows.filter((row) => row.applies?.(kernel) ?? true);
  const wrong: string[] = [];
  for (const [i, row] of own.entries()) {
    tell(i / own.length, `checking ${row.name}`);
    const work = trial(kernel, row, fixed);
    try {
      await onDevice(device, kernel, work);
    } catch (error) {
      // Most of all an override or a binding that the text has no more.
      const text = (error as Error).message;
      return {
        remarks: [...remarks, { type: 'error', line: 0, column: 0, text }],
        cases: 0,
        wrong,
      };
    }
    const [first] = differences(row, work.buffers);
    if (first) wrong.push(`${row.name}: ${first}`);
  }
  return { remarks, cases: own.length, wrong };
}
