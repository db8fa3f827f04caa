import type { Case } from './cases.ts';
import { type Sweep, UsageError } from './options.ts';

/**
 * Every combination of the swept values for each case that has the fields; a case without them is
 * left out. `matmul 512` becomes `matmul 512 m=64`.
 * @throws UsageError when no case has them
 */
export function sweepCases(cases: readonly Case[], sweeps: readonly Sweep[]): Case[] {
  return sweeps.reduce<Case[]>(
    (chosen, { fields, values }) => {
      const able = chosen.filter(({ problem }) => fields.every((f) => isNumber(problem, f)));
      if (able.length === 0) throw new UsageError(complaint(chosen, fields));
      return able.flatMap((one) => values.map((value) => varied(one, fields, value)));
    },
    [...cases],
  );
}

const isNumber = (problem: object, field: string): boolean =>
  typeof (problem as Record<string, unknown>)[field] === 'number';

function varied({ name, problem, cost }: Case, fields: readonly string[], value: number): Case {
  const changed = Object.fromEntries(fields.map((field) => [field, value]));
  return {
    name: `${name} ${fields.join(',')}=${value}`,
    problem: { ...problem, ...changed } as Case['problem'],
    cost,
  };
}

function complaint(cases: readonly Case[], fields: readonly string[]): string {
  const known = new Set(
    cases.flatMap(({ problem }) => Object.keys(problem).filter((f) => isNumber(problem, f))),
  );
  return `--sweep: no case has the field ${fields.join(', ')}. There are: ${[...known].join(', ')}.`;
}
