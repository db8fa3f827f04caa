import { expect, test } from 'vitest';
import { toys } from '../models/data/toys.ts';
import { referencesOf } from '../models/references.ts';
import type { ModelName } from '../models/catalog.ts';
import { settle } from '../models/catalog.ts';
import { study } from '../models/index.ts';
import { leastError } from '../models/score/least.ts';
import { ready } from './open.ts';

/** The lines of a model on its data: name and value. */
async function linesOf(name: ModelName, data: string, given = {}) {
  await ready();
  const settings = settle(name, data, given);
  const { model, source } = await study(name, data, settings);
  return referencesOf({ name, settings, model, source });
}

const rows: [
  ModelName,
  string,
  object,
  [kind: string, loss: string, value: number, digits: number][],
][] = [
  ['realnvp', 'two_moons', { hidden: 8 }, [['floor', 'loss', 1.8185, 3]]],
  [
    'vae',
    'digits8',
    { hidden: 8 },
    [
      ['baseline', 'loss', 64 * Math.LN2, 3],
      ['baseline', 'loss', 24.8, 0],
      ['baseline', 'loss', 18, 0],
    ],
  ],
  ['vae', 'digits8', { hidden: 8, beta: 2 }, []],
  [
    'gan',
    'grid25',
    { hidden: 8, loss: 'minimax' },
    [
      ['equilibrium', 'critic', Math.log(4), 5],
      ['equilibrium', 'generator', -Math.log(2), 5],
    ],
  ],
  [
    'transformer',
    'text27',
    { width: 4, layers: 1 },
    [
      ['baseline', 'loss', Math.log(27), 5],
      ['baseline', 'loss', 2.85, 0],
    ],
  ],
  ['jem', 'digits8', { hidden: 4 }, [['baseline', 'classification', Math.log(10), 5]]],
  // E‖∇log p‖² of well separated modes is 2 over their variance, here 0.08.
  [
    'score_matching',
    'eight_gaussians',
    { hidden: 8, objective: 'implicit' },
    [['floor', 'loss', -12.5, -0.5]],
  ],
  // Of one Gaussian of deviation s with noise of deviation σ the least error is 2 s² / (s² + σ²).
  ['score_matching', 'eight_gaussians', { hidden: 8, sigma: 0.2 }, [['floor', 'loss', 0.5, 1]]],
];

test.each(rows)('%s on %s %o', async (name, data, given, expected) => {
  const lines = await linesOf(name, data, given);
  expect(lines.map(({ kind, loss }) => [kind, loss])).toEqual(expected.map(([k, l]) => [k, l]));
  lines.forEach(({ value }, i) => {
    expect(value, lines[i].name).toBeCloseTo(expected[i][2], expected[i][3]);
  });
});

test('the exact score leaves less error than any other, and all of it where noise is all there is', () => {
  const toy = toys.eight_gaussians;
  expect(leastError(toy, [1e-3])).toBeCloseTo(2, 0); // nothing can tell so little noise
  expect(leastError(toy, [100])).toBeLessThan(0.01);
  expect(leastError(toy, [0.2])).toBeCloseTo(1, 0);
});
