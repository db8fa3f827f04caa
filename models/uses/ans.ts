import { type Interval, WHOLE } from './intervals.ts';

/**
 * A stack of symbols as one large number: what is pushed last is popped first. J. Duda, Asymmetric
 * numeral systems, 2013, arXiv 1311.2540, in its range form.
 *
 *   push  x' = ⌊x / size⌋ · 2^24 + start + (x mod size)
 *   pop   x' = size · ⌊x / 2^24⌋ + (x mod 2^24) − start
 *
 * The number is `head`, 2^32 ≤ head < 2^48, above 16-bit words that wait in `tail`.
 */
export interface Stack {
  push(interval: Interval): void;
  /** Takes the symbol off whose interval `find` gives for a point of [0, 2^24); what `find` gives. */
  pop<I extends Interval>(find: (point: number) => I): I;
  /** The whole stack as bytes: whatever lies lowest first. */
  bytes(): Uint8Array<ArrayBuffer>;
  /** Its length, bits. */
  readonly bits: number;
}

const LEAST = 2 ** 32;
const TOP = 2 ** 48;
const WORD = 2 ** 16;

/** The stack that bytes() gave; random bytes are one as well, whose symbols are random. */
export function ansStack(bytes: Uint8Array): Stack {
  if (bytes.length < 6 || bytes.length % 2) {
    throw new Error(
      `compress: expected a stack of at least 6 bytes, got ${bytes.length}. The file is damaged.`,
    );
  }
  const tail: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) tail.push(bytes[i] + 256 * bytes[i + 1]);
  const word = () => {
    const top = tail.pop();
    if (top === undefined) {
      throw new Error(
        'compress: the stack is empty. Begin with more bits, or the file is damaged.',
      );
    }
    return top;
  };
  let head = word() * LEAST + word() * WORD + word();
  if (head < LEAST) {
    throw new Error('compress: expected a stack whose top is not zero. The file is damaged.');
  }
  return {
    push({ start, size }) {
      while (head >= size * (TOP / WHOLE)) {
        tail.push(head % WORD);
        head = Math.floor(head / WORD);
      }
      const whole = Math.floor(head / size);
      head = whole * WHOLE + start + (head - whole * size);
    },
    pop(find) {
      const point = head % WHOLE;
      const found = find(point);
      head = found.size * Math.floor(head / WHOLE) + point - found.start;
      while (head < LEAST) head = head * WORD + word();
      return found;
    },
    bytes() {
      const words = [
        ...tail,
        head % WORD,
        Math.floor(head / WORD) % WORD,
        Math.floor(head / LEAST),
      ];
      const all = new Uint8Array(2 * words.length);
      words.forEach((w, i) => {
        all[2 * i] = w % 256;
        all[2 * i + 1] = w >> 8;
      });
      return all;
    },
    get bits() {
      return 16 * tail.length + Math.log2(head);
    },
  };
}
