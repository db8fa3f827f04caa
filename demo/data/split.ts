import { type Rows, type RowSet, splitRows } from '../../models/data/sets.ts';
import type { OwnForm } from './forms.ts';

/** Fewer rows are training and test rows at once. */
const FEW = 20;

/**
 * Rows as a set of a form, every tenth for testing. Where they have no labels all are of one class, so that
 * models of classes can be trained on them.
 */
export function splitOf(rows: Rows, { form, white, shape }: OwnForm): RowSet {
  const size = rows.values.length / rows.count;
  const labels = rows.labels ?? new Uint8Array(rows.count);
  const last = labels.reduce((most, label) => Math.max(most, label), 0); // rows are too many for a spread
  const classes = Array.from({ length: last + 1 }, (_, i) => String(i));
  const all = { ...rows, labels };
  const parts =
    rows.count < FEW
      ? { train: all, test: all }
      : splitRows(rows.values, labels, size, (i) => i % 10 === 9);
  return {
    name: 'own',
    form: form as RowSet['form'],
    shape,
    white,
    classes: rows.labels ? classes : ['own'],
    ...parts,
  };
}
