/** What an example of a data set is, with what it takes to show it. */
export type Form =
  /** A point of the plane; practically all lie within ±extent. */
  | { readonly kind: 'points'; readonly extent: number }
  /** [height, width, channels] with values 0..1; 1 channel is grey, 3 are red, green and blue. */
  | {
      readonly kind: 'images';
      readonly height: number;
      readonly width: number;
      readonly channels: number;
    }
  /**
   * [T] symbols, token k being the k-th letter of `symbols`. Where `ended`, token 0 ends a text and
   * what follows it means nothing.
   */
  | { readonly kind: 'tokens'; readonly symbols: string; readonly ended: boolean }
  /** [T] samples in 256 levels by the μ-law, `rate` of them a second. */
  | { readonly kind: 'audio'; readonly rate: number };

/** What a token that is no symbol is shown as. */
export const UNKNOWN = '\ufffd';

/** The text of one example's tokens. */
export function textOf(
  { symbols, ended }: Form & { kind: 'tokens' },
  tokens: ArrayLike<number>,
): string {
  const end = ended ? Array.from(tokens).indexOf(0) : -1;
  const kept = Array.from(tokens).slice(0, end < 0 ? undefined : end);
  return kept.map((token) => symbols[token] ?? UNKNOWN).join('');
}
