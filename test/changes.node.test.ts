import { describe, expect, test } from 'vitest';
import { defaultAddress, formatAddress, parseAddress } from '../demo/address.ts';
import { factsOf } from '../demo/trainer/stroll.ts';
import { catalog, type ModelName } from '../models/catalog.ts';
import { type ModelInfo, over } from '../models/settings.ts';
import { changeable, changed, settingsAt } from '../run/changes.ts';

const run = parseAddress('#v1/vae/digits8?lr=0.001');

describe('settings that are changed while a run goes on', () => {
  const lr = (step: number, value: number) => ({ step, name: 'lr', value });
  const twice = changed(changed(run, lr(300, 1e-4)), lr(100, 5e-4));

  test.each([
    [0, 1e-3],
    [99, 1e-3],
    [100, 5e-4],
    [299, 5e-4],
    [300, 1e-4],
    [9999, 1e-4],
  ])('after step %i the learning rate is %f', (step, value) => {
    expect(settingsAt(twice, step).lr).toBe(value);
    expect(settingsAt(twice, step).beta).toBe(1);
  });

  test('a later change at the same step takes the place of an earlier one', () => {
    expect(changed(twice, lr(300, 2e-4)).changes).toEqual([lr(100, 5e-4), lr(300, 2e-4)]);
    expect(changed(twice, lr(300, 5e-4)).changes).toEqual([lr(100, 5e-4)]); // as it was before
    expect(changed(changed(run, lr(7, 1)), lr(7, 1e-3))).toEqual(run);
  });

  test('before the first step, or of samples alone, it is no change but a setting', () => {
    expect(changed(run, lr(0, 0.5)).settings.lr).toBe(0.5);
    const made = parseAddress('#v1/made/digits8');
    const cold = changed(made, { step: 50, name: 'temperature', value: 0.5 });
    expect(cold.changes).toBe(undefined);
    expect(cold.settings.temperature).toBe(0.5);
  });

  test('the address holds them', () => {
    expect(formatAddress(twice)).toMatch(/&at=100:lr:0.0005&at=300:lr:0.0001$/);
    expect(parseAddress(formatAddress(twice))).toEqual(twice);
  });

  test.each([
    ['at=300', /at: expected step:setting:value/],
    ['at=300:hidden:7', /hidden cannot be changed while it trains, but these can: lr, beta/],
    ['at=1.5:lr:0.1', /at: expected a whole number of steps/],
    ['at=3:lr:fast', /vae: lr: expected a number from 0 to 1, got fast/],
  ])('refuses %s', (query, message) => {
    expect(() => parseAddress(`#v1/vae/digits8?${query}`)).toThrow(message);
  });

  test.each(Object.keys(catalog))('what may be changed of %s are settings of it', (model) => {
    const { settings } = catalog[model as ModelName] as ModelInfo;
    for (const name of changeable(model as ModelName)) expect(settings).toHaveProperty(name);
    expect(changeable(model as ModelName)).toContain('lr');
    expect(parseAddress(defaultAddress(model)).changes).toBe(undefined);
  });
});

test('a configuration over another follows it, but for its own values', () => {
  const config = { lr: 1, steps: 10 };
  const own = over(config, { steps: 5 });
  config.lr = 2;
  config.steps = 20;
  expect({ ...own }).toEqual({ lr: 2, steps: 5 });
});

test('what a dispatch stored, in numbers', () => {
  const values = Float32Array.of(1, -3, Number.NaN, 8, Infinity, 2);
  const facts = factsOf({ shape: [2, 3], dtype: 'f32', values });
  expect(facts).toMatchObject({ least: -3, most: 8, mean: 2, nonFinite: 2, rows: 2, columns: 3 });
  expect(facts.picture).toEqual(values);
  const wide = factsOf({ shape: [2, 100], dtype: 'f32', values: new Float32Array(200).fill(7) });
  expect(wide).toMatchObject({ rows: 2, columns: 64 });
  expect(wide.picture.every((v) => v === 7)).toBe(true);
});
