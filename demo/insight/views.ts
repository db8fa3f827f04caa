import type { LitElement } from 'lit';
import type { Family } from '../../models/settings.ts';
import type { Session } from '../session.ts';

/** The view of a family: shows what its models do beyond samples, and asks the worker for it. */
export interface InsightView extends LitElement {
  session: Session;
  /** Steps done, or another number that grows when the model may have changed. */
  version: number;
}

/** For each family with a view of its own, what loads it: the tag of its element. */
export const insightViews: Partial<Record<Family, () => Promise<string>>> = {
  ar: async () => (await import('./ar/ar-view.ts')).TAG,
  diffusion: async () => (await import('./diffusion/diffusion-view.ts')).TAG,
  discrete: async () => (await import('./discrete/discrete-view.ts')).TAG,
  ebm: async () => (await import('./ebm/ebm-view.ts')).TAG,
  flow: async () => (await import('./flow/flow-view.ts')).TAG,
  gan: async () => (await import('./gan/gan-view.ts')).TAG,
  score: async () => (await import('./score/score-view.ts')).TAG,
  vae: async () => (await import('./vae/vae-view.ts')).TAG,
};
