import { type Quiz, quizJson, readQuiz } from '../../models/metrics/quiz.ts';
import type { Comparison } from '../../run/compare/summary.ts';
import { forms } from '../../run/compare/forms.ts';
import { keepText, keptText } from '../kept-text.ts';
import { imagesOf } from './read.ts';

/** The images that a quiz is about. */
export interface QuizImages {
  source: Quiz['design']['source'];
  real: Float32Array[];
  /** By model. */
  generated: Readonly<Record<string, Float32Array[]>>;
}

/** The images of a comparison, those of models that have any. */
export function quizImages({ data, floor, lines }: Comparison): QuizImages {
  const apart = (images: string) => {
    const { height, width, channels } = forms[data];
    const size = height * width * channels;
    const all = imagesOf(data, images);
    return Array.from({ length: all.length / size }, (_, i) =>
      all.subarray(i * size, (i + 1) * size),
    );
  };
  // Titles repeat where one model takes part in two ways; names do not.
  const shown = lines.flatMap(({ name, images }) => (images === null ? [] : [[name, images]]));
  const all = [floor.images, ...shown.map(([, images]) => images)].join();
  return {
    source: { data, images: fingerprint(all) },
    real: apart(floor.images),
    generated: Object.fromEntries(shown.map(([name, images]) => [name, apart(images)])),
  };
}

/** A number that other texts hardly have. Source: Fowler, Noll and Vo, FNV-1a with 32 bits. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

const nameOf = ({ data, images }: QuizImages['source']) => `eightfold quiz ${data} ${images}`;

/** The quiz about these images that this browser keeps, if any. */
export function keptQuiz({ source }: QuizImages): Quiz | null {
  const text = keptText(nameOf(source));
  try {
    return text === null ? null : readQuiz(text);
  } catch {
    return null; // something else in the place
  }
}

/** Keeps a quiz in this browser, or forgets it; says whether it could. */
export const keepQuiz = ({ source }: QuizImages, quiz: Quiz | null): boolean =>
  keepText(nameOf(source), quiz && quizJson(quiz));

/** A quiz of a file, if it is about these images. Throws where it is not. */
export function importQuiz(images: QuizImages, text: string): Quiz {
  const quiz = readQuiz(text);
  const { source, models } = quiz.design;
  const same = source.data === images.source.data && source.images === images.source.images;
  if (!same || !Object.keys(models).every((name) => name in images.generated)) {
    throw new Error(
      `quiz: about other images (${source.data} ${source.images}) than these ` +
        `(${images.source.data} ${images.source.images}). Open the comparison it was made with first.`,
    );
  }
  return quiz;
}
