import type { Row } from './types.ts';
import { compare } from './verdict.ts';

/** Our name in the rows. */
export const OURS = 'eightfold';

/** Whether a row is of another library, and not of a variant of ours. */
export const isPeer = ({ contestant, variant }: Row): boolean =>
  contestant !== OURS && variant === null;

/** Puts each row beside ours and beside the fastest peer of the same case. */
export function withComparisons(rows: readonly Row[]): Row[] {
  return rows.map((row) => {
    const rivals = rows.filter((r) => r.case === row.case && r !== row && !r.failed);
    if (row.failed) return row;
    const ours = rivals.find((r) => r.contestant === OURS);
    const best = fastest(rivals.filter(isPeer));
    const beside = best && compare(best.contestant, row.samples, best.samples);
    return {
      ...row,
      ours: ours ? compare(OURS, row.samples, ours.samples) : null,
      best_peer: beside?.name ?? null,
      ratio: beside?.ratio ?? null,
      ratio_ci: beside?.ci ?? null,
      verdict: beside?.verdict ?? null,
    };
  });
}

/** The row with the least median, if there is one. */
export const fastest = (rows: readonly Row[]): Row | undefined =>
  rows.reduce<Row | undefined>((a, b) => (a && a.median_ms <= b.median_ms ? a : b), undefined);

/**
 * What the rows say of the engine's choices where variants were raced: a line for each case.
 * A variant counts as faster when its verdict beside our row says so.
 */
export function choiceLines(rows: readonly Row[]): string[] {
  const ours = rows.filter((row) => row.contestant === OURS && !row.failed);
  return ours.flatMap((own) => {
    const variants = rows.filter((r) => r.case === own.case && r.variant && !r.failed);
    const contracts = [...new Set(variants.map((r) => contractOf(r.variant as string)))];
    return contracts.map((contract) => {
      const chosen = chosenOf(own, contract);
      const best = fastest(
        variants.filter(
          (r) => contractOf(r.variant as string) === contract && r.ours?.verdict === 'faster',
        ),
      );
      if (!best) return `${own.case}: the engine chose ${chosen}; no variant was faster.`;
      const percent = Math.round(100 * ((best.ours?.ratio as number) - 1));
      return `${own.case}: the engine chose ${chosen}; ${best.contestant} is ${percent} % faster.`;
    });
  });
}

const contractOf = (variant: string): string => variant.slice(0, variant.indexOf('/'));

function chosenOf({ choices = [] }: Row, contract: string): string {
  const variants = choices.filter((c) => c.contract === contract).map((c) => c.variant);
  return [...new Set(variants)].map((variant) => `${contract}/${variant}`).join(' and ');
}
