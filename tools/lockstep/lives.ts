interface Span {
  readonly words: number;
  readonly from: number;
  to: number;
}

interface Body {
  readonly spans: Map<string, Span>;
  readonly calls: { readonly name: string; readonly at: number }[];
}

/**
 * How long the values of each function live, in statements, to estimate registers: a name is alive
 * from its declaration to its last mention, and through a loop that mentions it when it is older.
 */
export class Lives {
  now = 0;
  private readonly bodies = new Map<string, Body>();
  private current: Body = { spans: new Map(), calls: [] };

  begin(name: string): void {
    this.current = { spans: new Map(), calls: [] };
    this.bodies.set(name, this.current);
  }

  tick(): void {
    this.now++;
  }

  declare(name: string, words: number): void {
    this.current.spans.set(name, { words, from: this.now, to: this.now });
  }

  use(name: string): void {
    const span = this.current.spans.get(name);
    if (span) span.to = this.now;
  }

  call(name: string): void {
    this.current.calls.push({ name, at: this.now });
  }

  /** A loop ends here that began at `from`. */
  loop(from: number): void {
    for (const span of this.current.spans.values()) {
      if (span.from <= from && span.to > from) span.to = this.now;
    }
  }

  /** The most 32-bit words alive at once in a function and what it calls. */
  peak(name: string): number {
    const body = this.bodies.get(name);
    if (!body) return 0;
    const spans = [...body.spans.values()];
    const alive = (at: number) =>
      spans.reduce((sum, { words, from, to }) => sum + (from <= at && at <= to ? words : 0), 0);
    return Math.max(
      0,
      ...spans.map(({ from }) => alive(from)),
      ...body.calls.map(({ name: callee, at }) => alive(at) + this.peak(callee)),
    );
  }
}
