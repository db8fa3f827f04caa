import { type Interval, intervalOf, symbolAt, type Table, WHOLE } from './intervals.ts';

// Arithmetic coding in whole numbers. G. N. N. Martin, Range encoding: an algorithm for removing
// redundancy from a digitised message, 1979; I. H. Witten, R. M. Neal and J. G. Cleary, Arithmetic
// coding for data compression, CACM 1987. A message is an interval [low, low + range) of 48 bits that
// shrinks by the interval of each symbol; bytes that are settled leave it. All numbers stay below
// 2^53, where a double holds every whole number.

const TOP = 2 ** 48;
const BYTE = 2 ** 40;

/** Turns symbols into bytes, first in first out. */
export interface Encoder {
  put(interval: Interval): void;
  /** The bytes of all that was put. Ends the encoder. */
  finish(): Uint8Array<ArrayBuffer>;
}

/** An encoder for arithmeticDecoder to read. */
export function arithmeticEncoder(): Encoder {
  let low = 0;
  let range = TOP;
  let bytes = new Uint8Array(1024);
  let length = 0;

  const write = (byte: number) => {
    if (length === bytes.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(bytes);
      bytes = larger;
    }
    bytes[length++] = byte;
  };
  const carry = () => {
    let at = length - 1;
    while (bytes[at] === 255) bytes[at--] = 0; // a carry that ran past the first byte cannot be
    bytes[at]++;
  };
  const settle = () => {
    if (low >= TOP) {
      low -= TOP;
      carry();
    }
  };

  return {
    put({ start, size }) {
      const step = Math.floor(range / WHOLE);
      low += step * start;
      range = step * size;
      settle();
      while (range < BYTE) {
        write(Math.floor(low / BYTE));
        low = (low % BYTE) * 256;
        range *= 256;
      }
    },
    finish() {
      // The point of [low, low + range) with the most zeros at its end; zeros need no byte.
      for (let unit = TOP; unit >= 1; unit /= 256) {
        const point = Math.ceil(low / unit) * unit;
        if (point >= low + range) continue;
        low = point;
        break;
      }
      settle();
      for (; low > 0; low = (low % BYTE) * 256) write(Math.floor(low / BYTE));
      while (length > 0 && bytes[length - 1] === 0) length--;
      return bytes.slice(0, length);
    },
  };
}

/** Turns the bytes of an encoder into its symbols again. */
export interface Decoder {
  /** The next symbol, given the table that it was put by. */
  take(table: Table): number;
}

/** Reads what arithmeticEncoder wrote; zeros follow the bytes. */
export function arithmeticDecoder(bytes: Uint8Array): Decoder {
  let range = TOP;
  let at = 0;
  let offset = 0; // of the message from low
  const next = () => bytes[at++] ?? 0;
  for (let i = 0; i < 6; i++) offset = offset * 256 + next();

  return {
    take(table) {
      const step = Math.floor(range / WHOLE);
      const symbol = symbolAt(table, Math.min(WHOLE - 1, Math.floor(offset / step)));
      const { start, size } = intervalOf(table, symbol);
      offset -= step * start;
      range = step * size;
      while (range < BYTE) {
        offset = offset * 256 + next();
        range *= 256;
      }
      return symbol;
    },
  };
}
