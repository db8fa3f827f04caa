import type { Row } from '../../bench/types.ts';
import { msText } from '../views/format.ts';

/** What a race of an edited variant with its original says, in a sentence. */
export function verdictText(original: Row, edited: Row): string {
  const times = `${msText(original.median_ms)} before, ${msText(edited.median_ms)} now`;
  const { ours } = edited;
  if (!ours) return `${times}.`;
  const between = ours.ci
    ? ` (95 % interval ${ours.ci.map((x) => x.toFixed(2)).join(' to ')})`
    : '';
  const speed = `${ours.ratio.toFixed(2)} times as fast as the original${between}`;
  const verdict = {
    faster: 'Faster: ',
    slower: 'Slower: ',
    unsure: 'No difference that could be told: ',
  }[ours.verdict];
  return `${verdict}${speed}. ${times}.`;
}
