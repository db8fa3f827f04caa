import { type Random, randomStream, shuffled } from '../data/random.ts';
import { type Interval, wilson } from './intervals.ts';

/**
 * Human evaluation: how often people take generated images for real ones and the other way round, with as
 * many of each. 50 % is what somebody gets who can't tell them apart. Source: Zhou, Gordon, Krishna, Narcomey,
 * Fei-Fei and Bernstein, HYPE: A Benchmark for Human eYe Perceptual Evaluation of Generative Models, 2019,
 * arXiv 1904.01121; single images there, some of them shown for a short time.
 */
export interface QuizDesign {
  /** Of which images: a comparison's data set, and a number that only these images have. */
  source: { data: string; images: string };
  /** Whether a question is one image, real or generated, or a pair of which one is real. */
  form: 'single' | 'pair';
  /** Generated images there are of each model, by its name. */
  models: Readonly<Record<string, number>>;
  /** Real images there are. */
  real: number;
  /** Questions about each model. */
  trials: number;
  /** How long images are shown, ms; null until they are judged. */
  shownMs: number | null;
  /** Whether the judge sees the result so far, and so whether the last answer was right. */
  told: boolean;
  seed: number;
}

/** 0: the image is real, or the left one of a pair; 1: it is generated, or the right one is real. */
export type Choice = 0 | 1;

/** A question: which images it shows, by number, and the right answer. */
export interface Trial {
  /** The model it is about, also where the image shown is real. */
  model: string;
  real: number | null;
  generated: number | null;
  truth: Choice;
}

/** What a judge said, and how long after the images appeared, ms. */
export interface Answer {
  choice: Choice;
  ms: number;
}

/** A quiz and the answers so far, in order: all that is kept of it. */
export interface Quiz {
  design: QuizDesign;
  answers: readonly Answer[];
}

/** Wrong answers among `n`, and the 95 % interval of their share. */
export interface Tally {
  n: number;
  wrong: number;
  interval: Interval;
}

/** What came of a quiz so far. */
export interface QuizResult {
  all: Tally;
  models: Readonly<Record<string, Tally>>;
  /** By the right answer: real and generated images taken for the other, or left and right ones. */
  truths: readonly [Tally, Tally];
}

/**
 * All questions of a quiz in order: the same of the same design. Both answers are right equally often for
 * each model (but for one question where their number is odd), in an order that says nothing; no image
 * comes twice before all of its kind have come.
 */
export function trialsOf({ form, models, real, trials, seed }: QuizDesign): Trial[] {
  const random = randomStream(seed, 7);
  const reals = deck(real, random);
  const all = Object.entries(models).flatMap(([model, images]) => {
    const own = deck(images, random);
    const odd = Number(random.uniform() < 0.5);
    const truths = Array.from({ length: trials }, (_, i) => ((i + odd) % 2) as Choice);
    return truths.map((truth): Trial => {
      const shown = (kind: Choice) => form === 'pair' || truth === kind;
      return { model, truth, real: shown(0) ? reals() : null, generated: shown(1) ? own() : null };
    });
  });
  return shuffled(all, random);
}

/** Draws numbers below `size` without repeating one before all were drawn. */
function deck(size: number, random: Random): () => number {
  let left: number[] = [];
  return () => {
    if (left.length === 0) left = shuffled([...Array(size).keys()], random);
    return left.pop() as number;
  };
}

/** How often the judge was wrong so far, in all and by model. */
export function resultOf({ design, answers }: Quiz): QuizResult {
  const judged = trialsOf(design)
    .slice(0, answers.length)
    .map(({ model, truth }, i) => ({ model, truth, wrong: answers[i].choice !== truth }));
  const tally = (some: typeof judged): Tally => {
    const wrong = some.filter((each) => each.wrong).length;
    return { n: some.length, wrong, interval: wilson(wrong, some.length) };
  };
  const about = (name: string) => tally(judged.filter(({ model }) => model === name));
  return {
    all: tally(judged),
    models: Object.fromEntries(Object.keys(design.models).map((name) => [name, about(name)])),
    truths: [
      tally(judged.filter((t) => t.truth === 0)),
      tally(judged.filter((t) => t.truth === 1)),
    ],
  };
}

const columns = [
  'question',
  'model',
  'real',
  'generated',
  'truth',
  'choice',
  'wrong',
  'ms',
] as const;

/** The answers as CSV, one a line, under what was asked and right. */
export function quizCsv({ design, answers }: Quiz): string {
  const [zero, one] = design.form === 'pair' ? ['left', 'right'] : ['real', 'generated'];
  const trials = trialsOf(design);
  const lines = answers.map(({ choice, ms }, i) => {
    const { model, real, generated, truth } = trials[i];
    const said = [truth, choice].map((c) => (c === 0 ? zero : one));
    const wrong = Number(choice !== truth);
    return [i + 1, quoted(model), real ?? '', generated ?? '', ...said, wrong, Math.round(ms)];
  });
  return `${[columns, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The quiz as JSON that `readQuiz` reads, with its result for other readers. */
export const quizJson = (quiz: Quiz): string =>
  `${JSON.stringify({ ...quiz, result: resultOf(quiz) }, null, 1)}\n`;

/** Reads a quiz that `quizJson` wrote. Throws, saying what is wrong, for anything else. */
export function readQuiz(text: string): Quiz {
  const refuse = (what: string): never => {
    throw new Error(`quiz: ${what}. Choose a file that this page's Export JSON has written.`);
  };
  let read: Partial<Quiz> | null = null;
  try {
    read = JSON.parse(text);
  } catch (error) {
    refuse(`not JSON (${(error as Error).message})`);
  }
  const { design, answers } = read ?? {};
  if (!isDesign(design))
    return refuse('expected a design with form, models, real, trials and seed');
  if (!Array.isArray(answers) || !answers.every(isAnswer)) {
    return refuse('expected answers with a choice of 0 or 1 and ms');
  }
  const most = Object.keys(design.models).length * design.trials;
  if (answers.length > most) refuse(`${answers.length} answers to ${most} questions`);
  return { design, answers: answers.map(({ choice, ms }) => ({ choice, ms })) };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** A page draws so many questions and images at most. */
const count = (value: unknown) =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 1e5;

const isAnswer = (value: unknown): value is Answer =>
  isObject(value) && (value.choice === 0 || value.choice === 1) && Number(value.ms) >= 0;

function isDesign(value: unknown): value is QuizDesign {
  if (!isObject(value) || !isObject(value.models) || !isObject(value.source)) return false;
  const { form, models, real, trials, shownMs, told, seed } = value;
  return (
    (form === 'single' || form === 'pair') &&
    Object.keys(models as object).length > 0 &&
    [real, trials, ...Object.values(models as object)].every(count) &&
    (shownMs === null || Number(shownMs) > 0) &&
    typeof told === 'boolean' &&
    Number.isInteger(seed)
  );
}
