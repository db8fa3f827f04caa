import { UsageError } from '../command.ts';
import type { CostOutput } from '../jobs.ts';

/** What each model may spend on its training. */
export interface Budget {
  amount: number;
  unit: 'examples' | 'gflop';
}

/** The budget that a text asks for: `128000` examples, or `100gflop`. Throws UsageError. */
export function budgetOf(text: string): Budget {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(examples|gflop)?$/i.exec(text) ?? [];
  const budget = { amount: Number(amount), unit: (unit ?? 'examples').toLowerCase() } as Budget;
  if (budget.amount > 0) return budget;
  throw new UsageError(`--budget: expected examples like 128000, or 100gflop, got '${text}'.`);
}

/** The steps that a budget pays for, at least one. */
export function stepsWithin({ amount, unit }: Budget, { rows, flops }: CostOutput): number {
  const each = unit === 'examples' ? rows : flops / 1e9;
  return Math.max(1, Math.floor(amount / each));
}
