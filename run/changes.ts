import { catalog } from '../models/catalog.ts';
import { checkValue, type ModelInfo } from '../models/settings.ts';
import type { RunConfig } from './folder.ts';

/** A setting that has another value from some step on. */
export interface Change {
  /** Steps done before. */
  step: number;
  name: string;
  value: number | string;
}

/** The settings with which the step after `step` others is done. */
export function settingsAt({ settings, changes = [] }: RunConfig, step: number) {
  const past = changes.filter((change) => change.step <= step);
  return { ...settings, ...Object.fromEntries(past.map(({ name, value }) => [name, value])) };
}

/** What may be changed while a run goes on: what training reads at each step, and what samples depend on. */
export function changeable(model: RunConfig['model']): readonly string[] {
  const { live = [], sampling = [] }: ModelInfo = catalog[model];
  return [...live, ...sampling];
}

/**
 * A run in which a setting has another value from a step on. What only samples depend on is no part of how
 * it was trained, so that it is not noted when. Throws for what cannot be changed.
 */
export function changed(run: RunConfig, change: Change): RunConfig {
  const { step, name, value } = change;
  const { sampling = [], settings }: ModelInfo = catalog[run.model];
  const names = changeable(run.model);
  if (!names.includes(name)) {
    const others = names.join(', ') || 'none';
    throw new Error(
      `${run.model}: ${name} cannot be changed while it trains, but these can: ${others}. Start anew.`,
    );
  }
  if (!(Number.isInteger(step) && step >= 0)) {
    throw new Error(`at: expected a whole number of steps from 0, got ${step}. Change it.`);
  }
  checkValue(`${run.model}: ${name}`, settings[name], value);
  if (sampling.includes(name) || step === 0) {
    return { ...run, settings: { ...run.settings, [name]: value } };
  }
  const others = (run.changes ?? []).filter((c) => c.step !== step || c.name !== name);
  const before = settingsAt({ ...run, changes: others }, step)[name];
  const all = value === before ? others : [...others, change];
  const { changes: _, ...rest } = run;
  return all.length ? { ...rest, changes: all.sort((a, b) => a.step - b.step) } : rest;
}
