/** What went wrong, so that code can react without reading the message. */
export type ErrorKind =
  | 'argument'
  | 'stale'
  | 'disposed'
  | 'no-webgpu'
  | 'not-open'
  | 'device-lost'
  | 'kernel'
  | 'limit'
  | 'out-of-memory'
  | 'gpu'
  | 'internal';

/** Every error the engine throws on purpose. The message reads `what: expected, got. remedy.` */
export class EightfoldError extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.name = 'EightfoldError';
    this.kind = kind;
  }
}

let subject = '';

/** Runs `check` with `name` as the subject of every `demand` inside it. */
export function about<T>(name: string, check: () => T): T {
  const outer = subject;
  subject = name;
  try {
    return check();
  } finally {
    subject = outer;
  }
}

/** Throws an argument error, prefixed with the op being checked, unless `ok` holds. */
export function demand(ok: boolean, message: () => string): asserts ok {
  if (!ok) throw new EightfoldError('argument', subject ? `${subject}: ${message()}` : message());
}

/** Throws an error that means a bug of the engine, never of its user, unless `ok` holds. */
export function invariant(ok: boolean, message: string): asserts ok {
  if (!ok) throw new EightfoldError('internal', `internal: ${message}`);
}

/** The first stack line outside the engine: where the user's code called. */
export function callSite(error: Error | undefined): string {
  for (const line of (error?.stack ?? '').split('\n').slice(1)) {
    if (/\/engine\//.test(line)) continue;
    const place = /\(?((?:https?|file):\/\/[^)]*|\/[^)]*):(\d+):\d+\)?$/.exec(line.trim());
    if (place)
      return `${place[1].replace(/^\w+:\/\/[^/]*\//, '').replace(/\?.*$/, '')}:${place[2]}`;
  }
  return 'an unknown line';
}
