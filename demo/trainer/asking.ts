import { catalog, type ModelName } from '../../models/catalog.ts';
import { type Answers, openAnswers } from '../insight/answers.ts';
import type { Asked, Post } from '../protocol.ts';
import type { Live } from './live.ts';

/** Questions of the page that wait for an answer, the newest of each name. */
export interface Questions {
  add(asked: Asked): void;
  readonly waiting: boolean;
  /** Answers the oldest. Throws what answering throws, after telling the page. */
  answer(live: Live): Promise<void>;
}

/** Starts to collect questions. */
export function collectQuestions(post: Post): Questions {
  const waiting = new Map<string, Asked>();
  const known = new WeakMap<Live, Promise<Answers>>();
  let current: { name: string; stop: AbortController } | null = null;

  const answersOf = (live: Live) => {
    const answers =
      known.get(live) ?? openAnswers(catalog[live.model as ModelName].family, live.training);
    known.set(live, answers);
    return answers;
  };
  const superseded = ({ id }: Asked) => post({ kind: 'answer', id, answer: null });

  return {
    add(asked) {
      const older = waiting.get(asked.name);
      if (older) superseded(older);
      waiting.delete(asked.name); // to the end of the queue
      if (asked.question === null) superseded(asked);
      else waiting.set(asked.name, asked);
      if (current?.name === asked.name) current.stop.abort();
    },

    get waiting() {
      return waiting.size > 0;
    },

    async answer(live) {
      const [[name, asked]] = waiting;
      waiting.delete(name);
      const stop = new AbortController();
      current = { name, stop };
      try {
        const answers = await answersOf(live);
        const tell = (part: unknown) =>
          post({ kind: 'answer', id: asked.id, answer: part, part: true });
        const answer = await answers[name](asked.question as never, stop.signal, tell);
        post({ kind: 'answer', id: asked.id, answer });
      } catch (error) {
        if (stop.signal.aborted) return superseded(asked);
        post({ kind: 'answer', id: asked.id, answer: null, error: (error as Error).message });
        throw error;
      } finally {
        current = null;
      }
    },
  };
}
