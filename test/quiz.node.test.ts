import { describe, expect, test } from 'vitest';
import { randomStream } from '../models/data/random.ts';
import {
  type Choice,
  type Quiz,
  type QuizDesign,
  quizCsv,
  quizJson,
  readQuiz,
  resultOf,
  type Trial,
  trialsOf,
} from '../models/metrics/quiz.ts';

const design: QuizDesign = {
  source: { data: 'digits8', images: 'f00' },
  form: 'single',
  models: { MADE: 64, 'VAE, "big"': 32 },
  real: 64,
  trials: 50,
  shownMs: 500,
  told: false,
  seed: 3,
};

/** A judge who sees the right answer with a probability, else says the other. */
function judged(of: QuizDesign, skill: number, seed: number): Quiz {
  const { uniform } = randomStream(seed, 9);
  const answers = trialsOf(of).map(({ truth }) => {
    const choice = uniform() < skill ? truth : ((1 - truth) as Choice);
    return { choice, ms: 300 };
  });
  return { design: of, answers };
}

describe.each(['single', 'pair'] as const)('questions, %s', (form) => {
  const trials = trialsOf({ ...design, form });

  test('are the same of the same design, and others of another seed', () => {
    expect(trialsOf({ ...design, form })).toEqual(trials);
    expect(trialsOf({ ...design, form, seed: 4 })).not.toEqual(trials);
  });

  test('have both answers equally often for each model', () => {
    for (const model of Object.keys(design.models)) {
      const own = trials.filter((trial) => trial.model === model);
      expect(own.map(({ truth }) => truth).filter(Boolean).length).toBe(own.length / 2);
    }
  });

  test('show what they ask about, no image again before all have come', () => {
    for (const { real, generated, truth } of trials) {
      const shown = [real !== null, generated !== null];
      expect(shown).toEqual(form === 'pair' ? [true, true] : [truth === 0, truth === 1]);
    }
    const uses = (numbers: (number | null)[], of: number) => {
      const times = new Array(of).fill(0);
      for (const i of numbers) if (i !== null) times[i]++;
      return Math.max(...times) - Math.min(...times);
    };
    expect(
      uses(
        trials.map((t) => t.real),
        design.real,
      ),
    ).toBeLessThanOrEqual(1);
    const vae = trials.filter((t) => t.model.startsWith('VAE'));
    expect(
      uses(
        vae.map((t) => t.generated),
        32,
      ),
    ).toBeLessThanOrEqual(1);
  });
});

test('their order says nothing of the answers: who goes by it errs half of the time', () => {
  const habits: ((trials: Trial[], i: number) => Choice)[] = [
    () => 0,
    () => 1,
    (_, i) => (i % 2) as Choice,
    (trials, i) => (i ? trials[i - 1].truth : 0),
  ];
  for (const habit of habits) {
    let wrong = 0;
    let n = 0;
    for (let seed = 0; seed < 200; seed++) {
      const trials = trialsOf({ ...design, seed });
      wrong += trials.filter((trial, i) => habit(trials, i) !== trial.truth).length;
      n += trials.length;
    }
    expect(Math.abs(wrong / n - 0.5)).toBeLessThan(0.015); // 20,000 questions: 4 σ
  }
});

describe('a judge of known skill is recovered', () => {
  test.each([0.5, 0.65, 0.8, 0.95, 1])('%d right', (skill) => {
    let covered = 0;
    let errors = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const { all } = resultOf(judged({ ...design, seed }, skill, seed));
      const [low, high] = all.interval;
      covered += Number(low <= 1 - skill && 1 - skill <= high);
      errors += all.wrong / all.n;
    }
    expect(errors / 1000).toBeCloseTo(1 - skill, 2);
    expect(covered / 1000).toBeGreaterThan(0.93);
    if (skill < 1) expect(covered / 1000).toBeLessThan(0.975); // no wider than it says
  });

  test('for each model, and by the right answer', () => {
    const blind = trialsOf(design).map(({ model, truth }) => {
      const choice: Choice = model === 'MADE' ? truth : 0; // takes all of the other for real
      return { choice, ms: 1 };
    });
    const { all, models, truths } = resultOf({ design, answers: blind });
    expect([all.wrong, all.n]).toEqual([25, 100]);
    expect(models.MADE).toMatchObject({ wrong: 0, n: 50 });
    expect(models['VAE, "big"']).toMatchObject({ wrong: 25, n: 50 });
    expect(truths.map(({ wrong, n }) => [wrong, n])).toEqual([
      [0, 50],
      [25, 50],
    ]);
  });

  test('before the first answer nothing is known', () => {
    const { all } = resultOf({ design, answers: [] });
    expect(all).toEqual({ n: 0, wrong: 0, interval: [0, 1] });
  });
});

describe('export', () => {
  const quiz = judged(design, 0.7, 1);
  const half = { ...quiz, answers: quiz.answers.slice(0, 37) };

  test('JSON comes back as it was, finished or not', () => {
    expect(readQuiz(quizJson(quiz))).toEqual(quiz);
    expect(readQuiz(quizJson(half))).toEqual(half);
    expect(JSON.parse(quizJson(half)).result).toEqual(JSON.parse(JSON.stringify(resultOf(half))));
  });

  test('CSV has a line for each answer, which says what was wrong', () => {
    const [head, ...lines] = quizCsv(half).trimEnd().split('\n');
    expect(head).toBe('question,model,real,generated,truth,choice,wrong,ms');
    expect(lines.length).toBe(37);
    const wrong = lines.filter((line) => line.split(',').at(-2) === '1').length;
    expect(wrong).toBe(resultOf(half).all.wrong);
    expect(lines.some((line) => line.includes(',"VAE, ""big""",'))).toBe(true);
  });

  const whole = JSON.parse(quizJson(quiz));
  test.each([
    ['no JSON', 'certainly not', /not JSON/],
    ['nothing', 'null', /expected a design/],
    ['another file', '{"lines": []}', /expected a design/],
    [
      'no model',
      JSON.stringify({ ...whole, design: { ...design, models: {} } }),
      /expected a design/,
    ],
    [
      'too large',
      JSON.stringify({ ...whole, design: { ...design, real: 1e9 } }),
      /expected a design/,
    ],
    [
      'other answers',
      JSON.stringify({ ...whole, answers: [{ choice: 2, ms: 1 }] }),
      /choice of 0 or/,
    ],
    [
      'more answers',
      JSON.stringify({ ...whole, design: { ...design, trials: 2 } }),
      /100 answers to 4/,
    ],
  ])('%s is refused, saying why', (_, text, message) => {
    expect(() => readQuiz(text)).toThrow(message);
    expect(() => readQuiz(text)).toThrow(/^quiz: .*Export JSON/s);
  });
});
