import { describe, expect, test } from 'vitest';
import type { Kernel } from '../engine/kernel.ts';
import { contracts, filesOf, isLibrary, readContract } from '../tools/shaders.ts';
import type { Case } from './kernels/case.ts';
import { differences, trial } from './kernels/check.ts';
import { lockstep } from '../tools/lockstep/index.ts';

const tables = import.meta.glob<{ cases: Case[] }>('./kernels/*.ts');

for (const contract of contracts()) {
  if (filesOf(contract).every(isLibrary)) continue;
  describe(contract, async () => {
    const kernels = keepsContract(contract);
    const table = await tables[`./kernels/${contract}.ts`]?.();
    test('has a table of cases', () => {
      expect(table?.cases.length, `write test/kernels/${contract}.ts`).toBeGreaterThan(0);
      checkOverrides(table?.cases ?? [], kernels);
    });
    for (const kernel of kernels) {
      const cases = (table?.cases ?? []).filter((row) => row.applies?.(kernel) ?? true);
      test(`${kernel.file} is easy to read and has a case`, () => {
        expect(cases.length, 'cases that apply').toBeGreaterThan(0);
        const lines = kernel.code.trimEnd().split('\n');
        expect(lines.length, 'lines').toBeLessThanOrEqual(150);
        const long = lines.findIndex((line) => line.length > 100) + 1;
        expect(long && `line ${long} is longer than 100 columns`).toBe(0);
      });
      const barriers = kernel.code.split(barrier).length - 1;
      test.each(Array.from({ length: barriers }, (_, i) => i + 1))(
        `${kernel.file} needs its barrier %i`,
        (nth) => {
          const without = { ...kernel, code: withoutBarrier(kernel.code, nth) };
          expect(cases.some((row) => check(without, row).length > 0)).toBe(true);
        },
      );
      test.each(cases)(`${kernel.file}: $name`, (row) => {
        expect(check(kernel, row)).toEqual([]);
      });
    }
  });
}

const barrier = 'workgroupBarrier();';

/** The text with its nth barrier taken out. */
function withoutBarrier(code: string, nth: number): string {
  const parts = code.split(barrier);
  return parts.slice(0, nth).join(barrier) + parts.slice(nth).join(barrier);
}

/** The variants of a folder that keeps its contract, and a test that says so. */
function keepsContract(contract: string): Kernel[] {
  let kernels: Kernel[] = [];
  let broken: unknown;
  try {
    kernels = readContract(contract);
  } catch (error) {
    broken = error;
  }
  test('keeps its contract', () => {
    if (broken) throw broken;
  });
  return kernels;
}

/** A row names an override only if some variant has it. */
function checkOverrides(cases: Case[], kernels: Kernel[]): void {
  const known = new Set(kernels.flatMap((kernel) => Object.keys(kernel.overrides)));
  for (const { name, overrides } of cases) {
    const names = typeof overrides === 'function' ? [] : Object.keys(overrides ?? {});
    for (const override of names) expect(known, `case '${name}'`).toContain(override);
  }
}

/** Runs one row; what is wrong, at most a few sentences. */
function check(kernel: Kernel, row: Case): string[] {
  const work = trial(kernel, row);
  const subgroup = row.subgroup ?? work.overrides.SIZE ?? 32;
  const problems = lockstep(kernel, { ...work, subgroup });
  return [...problems, ...differences(row, work.buffers)].slice(0, 5);
}
