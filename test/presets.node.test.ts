import { expect, test } from 'vitest';
import { catalog, type ModelName, settle } from '../models/catalog.ts';
import type { ModelInfo } from '../models/settings.ts';

const presets = Object.entries<ModelInfo>(catalog).flatMap(([model, { presets = {} }]) =>
  Object.entries(presets).map(([name, preset]) => [model, name, preset] as const),
);

test.each(presets)(
  '%s %s: settles, says why, and differs from the defaults',
  (model, name, preset) => {
    const info = catalog[model as ModelName] as ModelInfo;
    const data = preset.data ?? Object.keys(info.data)[0];
    const settled = settle(model as ModelName, data, {}, name);
    expect(settled).toMatchObject(preset.settings);
    expect(settled).not.toEqual(settle(model as ModelName, data));
    expect(preset.why).toMatch(/^[A-Z].*\.$/);
  },
);

test('every family has a preset that fails', () => {
  const families = presets
    .filter(([, , { verdict }]) => verdict === 'bad')
    .map(([model]) => catalog[model as ModelName].family);
  expect(new Set(families).size).toBe(8);
});
