import { currentGpu } from '../../engine/index.ts';
import { type ModelName, settle } from '../../models/catalog.ts';
import type { Values } from '../../models/settings.ts';
import { begin, type Training } from '../begin.ts';
import type { Emit } from '../jobs.ts';
import { advanceTo } from '../measuring.ts';

/** A model of the catalog on the open engine, trained to its end with seed 0. */
export async function trained(
  model: ModelName,
  data: string,
  given: Values,
  emit: Emit,
): Promise<Training> {
  const settings = settle(model, data, given);
  const training = await begin(currentGpu(), { model, data, seed: 0, settings });
  const list = Object.entries(given).map(([name, value]) => `${name} ${value}`);
  await emit({ kind: 'stage', text: `training ${[model, ...list].join(', ')}` });
  await advanceTo(training, settings.steps as number, emit);
  return training;
}
