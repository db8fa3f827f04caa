import { describe, expect, test } from 'vitest';
import type { GenerateAudio } from '../bench/problems/generate_audio.ts';
import type { GenerateText } from '../bench/problems/generate_text.ts';
import { judge, makeInputs } from '../bench/problems/kinds.ts';
import { parametersOf } from '../bench/problems/training.ts';
import { transformerLogits, transformerShapes } from '../bench/problems/transformer.ts';
import type { Inputs, Problem } from '../bench/types.ts';

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const total = (xs: number[]) => xs.reduce((a, b) => a + b, 0);
const likeliest = (row: ArrayLike<number>): number =>
  range(row.length).reduce((best, k) => (row[k] > row[best] ? k : best), 0);

const text: GenerateText = {
  kind: 'generateText',
  ...{ vocab: 6, classes: 5, width: 4, layers: 2, heads: 2, hidden: 8, steps: 4 },
};

/** The likeliest text, by a whole pass for every symbol. */
function write(inputs: Inputs): ArrayLike<number>[] {
  const p = parametersOf(transformerShapes(text), inputs);
  const seen = [5, 0, 0, 0, 0];
  let row: Float64Array = new Float64Array(0);
  for (const t of range(4)) {
    const { data } = transformerLogits(text, seen.slice(0, 4))([], p);
    row = data.slice(5 * t, 5 * t + 5);
    seen[t + 1] = likeliest(row);
  }
  return [seen.slice(1), row];
}

const audio: GenerateAudio = {
  kind: 'generateAudio',
  ...{ levels: 5, channels: 2, skips: 3, layers: 2, context: 12, count: 3 },
};

/** The likeliest samples, each layer at each time asked for by the layers above it. */
function speak(w: Inputs): ArrayLike<number>[] {
  const x = [...w.samples];
  const dense = (name: string, h: number[], part = 0) =>
    range(w[`${name}Bias`].length).map((o, _, { length }) =>
      total(h.map((v, i) => v * w[name][(part + i) * length + o])),
    );
  const biased = (name: string, y: number[]) => y.map((v, o) => v + w[`${name}Bias`][o]);
  const seen = (l: number, t: number): number[] => {
    if (t < 0) return [0, 0];
    if (l > 0) {
      const more = biased(`residual${l - 1}`, dense(`residual${l - 1}`, gated(l - 1, t)));
      return seen(l - 1, t).map((v, c) => v + more[c]);
    }
    return range(2).map((c) => w.levelsBias[c] + (t > 0 ? w.levels[x[t - 1] * 2 + c] : 0));
  };
  const gated = (l: number, t: number): number[] => {
    const past = dense(`gate${l}`, seen(l, t - 2 ** l));
    const both = dense(`gate${l}`, seen(l, t), 2).map((v, o) => v + past[o] + w[`gate${l}Bias`][o]);
    return range(2).map((c) => Math.tanh(both[c]) / (1 + Math.exp(-both[2 + c])));
  };
  let row: number[] = [];
  for (const t of range(3).map((i) => 9 + i)) {
    const each = [0, 1].map((l) => biased(`skip${l}`, dense(`skip${l}`, gated(l, t))));
    const skips = each[0].map((v, c) => Math.max(0, v + each[1][c]));
    const first = biased('first', dense('first', skips)).map((v) => Math.max(0, v));
    row = biased('head', dense('head', first));
    x.push(likeliest(row));
  }
  return [x.slice(9), row];
}

const problems: [Problem, (inputs: Inputs) => ArrayLike<number>[]][] = [
  [text, write],
  [audio, speak],
];

describe('judges of generation', () => {
  test.each(problems)(
    '%j: the likeliest symbols pass, others and other logits fail',
    (problem, draw) => {
      const inputs = makeInputs(problem);
      const [drawn, last] = draw(inputs).map((values) => Float32Array.from(values));
      const { compare } = judge(problem, inputs);
      expect(compare([[drawn, last]])).toMatchObject({ ok: true });
      for (const i of drawn.keys()) {
        const other = drawn.map((symbol, j) => (j === i ? (symbol + 1) % 5 : symbol));
        expect(compare([[other, last]]).ok, `symbol ${i}`).toBe(false);
      }
      expect(compare([[drawn, last.map((v) => v * 1.001)]]).ok).toBe(false);
      expect(compare([[drawn.subarray(1), last]]).ok).toBe(false);
    },
  );
});
