import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalog } from '../models/catalog.ts';
import { objectivesOf } from '../models/objective.ts';
import { families, type ModelInfo } from '../models/settings.ts';
import { formulas, mathml } from '../tools/mathml.ts';

const models = Object.entries<ModelInfo>(catalog);

test.each(families)('%s: each model has formulas, and each loss a symbol', async (family) => {
  const objectives = await objectivesOf[family]();
  const expected = models.filter(([, info]) => info.family === family);
  expect(Object.keys(objectives).sort()).toEqual(expected.map(([name]) => name).sort());
  for (const [name, { losses }] of expected) {
    const objective = objectives[name];
    expect(objective.formulas.length, name).toBeGreaterThan(0);
    expect(Object.keys(objective.losses).sort(), name).toEqual(Object.keys(losses).sort());
    for (const source of [...objective.formulas, ...Object.values(objective.losses)]) {
      expect(mathml(source), source).toMatch(/^<math.*<\/math>$/);
      expect(mathml(source), source).not.toMatch(/ (style|class)=|merror/);
    }
  }
});

test('what the page loads of objectives is MathML, without TeX', () => {
  const file = new URL('../models/gan/objectives.ts', import.meta.url).pathname;
  const transform = formulas().transform as (code: string, id: string) => { code: string };
  const { code } = transform(readFileSync(file, 'utf8'), file);
  expect(code).toContain('<math');
  expect(code).not.toMatch(/tex`|\\mathbb/);
});

test('wrong TeX fails, naming what is wrong', () => {
  expect(() => mathml('\\frac{1}')).toThrow(/frac/);
});
