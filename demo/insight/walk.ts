import type { ReactiveController } from 'lit';
import { onScreen } from './on-screen.ts';
import type { InsightView } from './views.ts';

/** Least ms from answer to question, so that a training run is not held up by walkers. */
const PAUSE = { training: 150, idle: 30 };

/** Where walkers are after some moves. */
export interface Walked {
  /** [n, 2]. */
  x: Float32Array;
}

/** A question of walkers: where they are, null to begin. */
export interface AskWalk {
  x: Float32Array | null;
}

/** Walkers that the worker moves, again and again while they play and are on the screen. */
export class Walk<Q extends AskWalk> implements ReactiveController {
  x: Float32Array | null = null;
  /** Answers since they began. */
  rounds = 0;
  playing = false;
  error = '';
  private readonly host: InsightView;
  private readonly question: (x: Float32Array | null, rounds: number) => Q;
  private visible = false;
  private busy = false;
  private timer = 0;
  /** Grows when they begin anew, so that an answer to what was before is left out. */
  private turn = 0;

  constructor(host: InsightView, question: (x: Float32Array | null, rounds: number) => Q) {
    this.host = host;
    this.question = question;
    host.addController(this);
    onScreen(host, (visible) => {
      this.visible = visible;
      this.next();
    });
  }

  hostDisconnected(): void {
    clearTimeout(this.timer);
    this.playing = false;
  }

  toggle(): void {
    this.playing = !this.playing;
    this.host.requestUpdate();
    this.next();
  }

  /** Lets them begin anew. */
  restart(): void {
    this.x = null;
    this.rounds = 0;
    this.turn++;
    this.move();
  }

  /** Some moves. */
  async move(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const { x, rounds, turn, host } = this;
    try {
      const walked = await host.session.ask<Walked>('walk', this.question(x, rounds));
      if (walked && turn === this.turn) {
        this.x = walked.x;
        this.rounds++;
      }
      this.error = '';
    } catch (error) {
      this.error = (error as Error).message;
      this.playing = false;
    }
    this.busy = false;
    host.requestUpdate();
    if (turn !== this.turn) this.move();
    else this.next();
  }

  private next(): void {
    clearTimeout(this.timer);
    if (!this.playing || !this.visible) return;
    const pause = this.host.session.phase === 'training' ? PAUSE.training : PAUSE.idle;
    this.timer = window.setTimeout(() => this.move(), pause);
  }
}

/** Whether a person wants as little motion as possible: then things move by a button alone. */
export const isCalm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
