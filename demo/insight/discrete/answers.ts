import type { TypedArray } from '../../../engine/index.ts';
import type { DiscreteDiffusion } from '../../../models/discrete/diffusion.ts';
import { measureOf } from '../../../models/discrete/quality.ts';
import { maskOf } from '../../../models/discrete/symbols.ts';
import { symbolsOfPattern } from '../../../models/uses/blanks.ts';
import type { Training } from '../../../run/begin.ts';
import type { Answers } from '../answers.ts';
import { completionAnswers } from '../completion-answers.ts';
import type { Quality } from '../quality.ts';
import type { Moment, Unmask } from './questions.ts';

/** Examples that are compared with as many samples. */
const COMPARED = 500;

/** What the view of the discrete diffusion models asks. */
export function discreteAnswers(training: Training): Answers {
  const { source } = training;
  const { form } = source;
  const model = training.model as DiscreteDiffusion;
  const { symbols } = model;
  const mask = maskOf(symbols);
  const levels = form.kind === 'images' ? mask - 1 : 1;
  const read = (values: TypedArray) =>
    Uint32Array.from(values as Float32Array, (v) => Math.round(v * levels));
  const givenBy = (pattern: string | null, count: number) => {
    if (pattern === null || form.kind !== 'tokens') return null;
    const one = symbolsOfPattern(pattern, form, symbols);
    return Uint32Array.from({ length: count * one.length }, (_, i) => one[i % one.length]);
  };
  return {
    async unmask({ pattern, passes, count }: Unmask, signal, tell): Promise<null> {
      const given = givenBy(pattern, count);
      const sampler = model.sampler(count, { passes, given });
      const say = (done: number, values: TypedArray) =>
        tell({ done, symbols: read(values), mask } satisfies Moment);
      try {
        const last = await sampler.draw({
          every: 1,
          signal,
          seen: async (done, now) => {
            if (done < passes) say(done, await now().data());
          },
        });
        say(passes, await last.data());
      } finally {
        sampler.dispose();
      }
      return null;
    },

    async quality(each: number[], signal, tell): Promise<null> {
      const measure = await measureOf(model, source, COMPARED);
      for (const passes of each) {
        signal.throwIfAborted();
        const started = performance.now();
        const metrics = await measure({ passes }, signal);
        const seconds = (performance.now() - started) / 1000;
        tell({ passes, seconds, metrics } satisfies Quality);
      }
      return null;
    },

    ...completionAnswers(training),
  };
}
