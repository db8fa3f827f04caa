import type { ReactiveController } from 'lit';
import { onScreen } from './on-screen.ts';
import type { InsightView } from './views.ts';

/** Least ms between two answers to the same question, and the share of the time that they may take. */
const [PAUSE, SHARE] = [300, 0.25];

/**
 * Keeps the worker's answer to a question up to date: asks when the question changes, and again when the model
 * has changed, while the host is on the screen. The slower the answer, the seldomer.
 */
export class Inquiry<Q, A> implements ReactiveController {
  answer: A | null = null;
  error = '';
  /** The question that `answer` is for. */
  asked: Q | null = null;
  private readonly host: InsightView;
  private readonly name: string;
  private readonly question: () => Q | null;
  private readonly fixed: boolean;
  private visible = false;
  private busy = false;
  private version = -1;
  private next = 0;
  private timer = 0;

  /** @param fixed whether the answer does not depend on what has been learned */
  constructor(host: InsightView, name: string, question: () => Q | null, fixed = false) {
    this.host = host;
    this.name = name;
    this.question = question;
    this.fixed = fixed;
    host.addController(this);
    onScreen(host, (visible) => {
      this.visible = visible;
      this.look();
    });
  }

  hostDisconnected(): void {
    clearTimeout(this.timer);
  }

  hostUpdated(): void {
    this.look();
  }

  /** Asks if there is something to ask. */
  private look(): void {
    clearTimeout(this.timer);
    const { session, version } = this.host;
    const question = this.question();
    if (!this.visible || !session.opened || this.busy || question === null) return;
    const same = JSON.stringify(question) === JSON.stringify(this.asked);
    if (same && (this.fixed || version === this.version)) return;
    const wait = same ? this.next - performance.now() : 0;
    if (wait > 0) this.timer = window.setTimeout(() => this.look(), wait);
    else this.ask(question, version);
  }

  private async ask(question: Q, version: number): Promise<void> {
    const started = performance.now();
    this.busy = true;
    this.asked = question;
    this.version = version;
    try {
      const answer = await this.host.session.ask<A>(this.name, question);
      this.answer = answer ?? this.answer;
      this.error = '';
    } catch (error) {
      this.error = (error as Error).message;
    }
    this.busy = false;
    const ended = performance.now();
    this.next = ended + Math.max(PAUSE, (ended - started) * (1 / SHARE - 1));
    this.host.requestUpdate();
  }
}
