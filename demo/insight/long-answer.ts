import type { InsightView } from './views.ts';

/** An answer that takes long: begun and ended by a person, told part by part or at once. */
export class LongAnswer<Q, P, A = null> {
  /** What has been told so far. */
  parts: P[] = [];
  /** The last whole answer; stays until the next is there. */
  answer: A | null = null;
  running = false;
  error = '';
  private readonly host: InsightView;
  private readonly name: string;
  private turn = 0;

  constructor(host: InsightView, name: string) {
    this.host = host;
    this.name = name;
  }

  /** Asks anew; what was told before is forgotten. Resolves when all is told, or it was ended. */
  async begin(question: Q): Promise<void> {
    const turn = ++this.turn;
    this.parts = [];
    this.error = '';
    this.running = true;
    this.host.requestUpdate();
    try {
      const answer = await this.host.session.ask<A, P>(this.name, question, (part) => {
        if (turn !== this.turn) return;
        this.parts = [...this.parts, part];
        this.host.requestUpdate();
      });
      if (turn === this.turn) this.answer = answer ?? this.answer;
    } catch (error) {
      if (turn === this.turn) this.error = (error as Error).message;
    }
    if (turn !== this.turn) return;
    this.running = false;
    this.host.requestUpdate();
  }

  /** Ends it and forgets what has been told. */
  clear(): void {
    this.turn++;
    this.parts = [];
    this.answer = null;
    if (this.running) this.end();
    this.running = false;
    this.host.requestUpdate();
  }

  /** Ends it; what has been told stays. */
  end(): void {
    this.host.session.ask(this.name, null);
  }
}
