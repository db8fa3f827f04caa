/** Why a safetensors file or a checkpoint was refused. `code` is stable, `message` is for people. */
export class SafetensorsError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'SafetensorsError';
    this.code = code;
  }
}

/** One tensor as the header describes it: bytes [begin, end) of the data section. */
export interface HeaderEntry {
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

export interface Header {
  entries: Map<string, HeaderEntry>;
  metadata: Map<string, string>;
}

export const MAX_TENSORS = 65_536;
const MAX_RANK = 32;
const MAX_METADATA = 4_096;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype', '__metadata__']);

/**
 * Parses the JSON header of a safetensors file. It accepts only the grammar of the format, so that
 * what `JSON.parse` lets through (duplicate keys, `__proto__`, fractions, deep nesting) is refused.
 * Throws SafetensorsError with the character position.
 */
export function parseHeader(text: string): Header {
  const at = new Cursor(text);
  const header: Header = { entries: new Map(), metadata: new Map() };
  let described = false;
  if (text[0] !== '{') at.refuse('header-syntax', 'expected { as the first byte');
  at.object((name) => {
    if (name === '__metadata__') {
      if (described) at.refuse('duplicate-name', '__metadata__ appears twice');
      described = true;
      parseMetadata(at, header.metadata);
      return;
    }
    checkName(at, name);
    if (header.entries.has(name))
      at.refuse('duplicate-name', `tensor ${quote(name)} appears twice`);
    if (header.entries.size === MAX_TENSORS) {
      at.refuse('too-many-tensors', `expected at most ${MAX_TENSORS} tensors`);
    }
    header.entries.set(name, parseEntry(at, name));
  });
  at.space();
  if (at.i < text.length) at.refuse('header-syntax', 'unexpected text after the header object');
  return header;
}

/** Names that could reach a prototype, or that UTF-8 cannot carry, are refused on reading and writing. */
export function nameProblem(name: string): string | null {
  if (RESERVED.has(name)) return `reserved name ${quote(name)}`;
  return wellFormed(name) ? null : `name ${quote(name)} holds half a surrogate pair`;
}

export function quote(text: string): string {
  const quoted = JSON.stringify(text);
  return quoted.length > 80 ? `${quoted.slice(0, 76)}…"` : quoted;
}

function wellFormed(text: string): boolean {
  return !/[\uD800-\uDFFF]/u.test(text);
}

function checkName(at: Cursor, name: string): void {
  const problem = nameProblem(name);
  if (problem) at.refuse('bad-name', problem);
}

function parseMetadata(at: Cursor, metadata: Map<string, string>): void {
  at.object((key) => {
    checkName(at, key);
    if (metadata.has(key)) at.refuse('duplicate-name', `metadata ${quote(key)} appears twice`);
    if (metadata.size === MAX_METADATA) {
      at.refuse('too-much-metadata', `expected at most ${MAX_METADATA} metadata entries`);
    }
    const value = at.string();
    if (!wellFormed(value)) at.refuse('bad-name', 'metadata holds half a surrogate pair');
    metadata.set(key, value);
  });
}

function parseEntry(at: Cursor, name: string): HeaderEntry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  at.object((field) => {
    const again = () => at.refuse('duplicate-field', `${quote(name)} has ${quote(field)} twice`);
    if (field === 'dtype') {
      if (dtype !== undefined) again();
      dtype = at.string();
    } else if (field === 'shape') {
      if (shape) again();
      shape = at.integers(MAX_RANK);
    } else if (field === 'data_offsets') {
      if (offsets) again();
      offsets = at.integers(2);
    } else {
      at.refuse('unknown-field', `${quote(name)} has an unknown field ${quote(field)}`);
    }
  });
  if (dtype === undefined || !shape || offsets?.length !== 2) {
    return at.refuse('missing-field', `${quote(name)} needs dtype, shape and two data_offsets`);
  }
  return { dtype, shape, begin: offsets[0] as number, end: offsets[1] as number };
}

/** A position in the header with the few JSON productions that the format uses. */
class Cursor {
  readonly text: string;
  i = 0;

  constructor(text: string) {
    this.text = text;
  }

  refuse(code: string, what: string): never {
    throw new SafetensorsError(
      code,
      `safetensors: ${what}, at character ${this.i} of the header. The file is malformed; write it again.`,
    );
  }

  space(): void {
    let c = this.text.charCodeAt(this.i);
    while (c === 32 || c === 9 || c === 10 || c === 13) c = this.text.charCodeAt(++this.i);
  }

  /** Consumes `symbol` after optional space; says whether it was there. */
  takes(symbol: string): boolean {
    this.space();
    if (this.text[this.i] !== symbol) return false;
    this.i++;
    return true;
  }

  expect(symbol: string): void {
    if (!this.takes(symbol)) this.refuse('header-syntax', `expected ${symbol}`);
  }

  object(member: (key: string) => void): void {
    this.expect('{');
    if (this.takes('}')) return;
    do {
      const key = this.string();
      this.expect(':');
      member(key);
    } while (this.takes(','));
    this.expect('}');
  }

  integers(most: number): number[] {
    this.expect('[');
    const values: number[] = [];
    if (this.takes(']')) return values;
    do {
      if (values.length === most) this.refuse('too-long', `expected at most ${most} numbers`);
      values.push(this.integer());
    } while (this.takes(','));
    this.expect(']');
    return values;
  }

  integer(): number {
    this.space();
    const start = this.i;
    while (this.digit()) this.i++;
    const digits = this.text.slice(start, this.i);
    if (digits === '' || (digits.length > 1 && digits[0] === '0') || digits.length > 16) {
      this.refuse('bad-number', 'expected a whole number from 0 to 2^53 - 1');
    }
    const value = Number(digits);
    if (!Number.isSafeInteger(value)) this.refuse('bad-number', `${digits} is beyond 2^53 - 1`);
    return value;
  }

  digit(): boolean {
    const c = this.text.charCodeAt(this.i);
    return c >= 48 && c <= 57;
  }

  string(): string {
    this.expect('"');
    const start = this.i;
    let c = this.text.charCodeAt(this.i);
    while (c !== 34 && this.i < this.text.length) {
      this.i += c === 92 ? 2 : 1; // past the character after a backslash
      c = this.text.charCodeAt(this.i);
    }
    if (this.i >= this.text.length) this.refuse('header-syntax', 'a string does not end');
    const literal = this.text.slice(start - 1, ++this.i);
    try {
      return JSON.parse(literal) as string;
    } catch {
      return this.refuse('header-syntax', 'a string has a bad escape or control character');
    }
  }
}
