import { LitElement, nothing } from 'lit';
import { infoOf } from '../address.ts';
import type { Session } from '../session.ts';
import { type InsightView, insightViews } from './views.ts';

/** The view of a run's family, loaded when it is first seen. */
export class InsightFrame extends LitElement {
  static override properties = {
    session: { attribute: false },
    version: { attribute: false },
    view: { state: true },
  };

  declare session: Session | null;
  declare version: number;
  declare private view: InsightView | null;
  private shown: Session | null = null;

  constructor() {
    super();
    this.session = null;
    this.version = 0;
    this.view = null;
  }

  protected override willUpdate(): void {
    if (this.session !== this.shown) this.open(this.session);
    if (!this.view || !this.session) return;
    this.view.session = this.session;
    this.view.version = this.version;
  }

  /** Each run gets an element of its own, so that nothing of the last one stays. */
  private async open(session: Session | null): Promise<void> {
    this.shown = session;
    this.view = null;
    const { family } = (session && infoOf(session.run.model)) ?? {};
    const tag = family && (await insightViews[family]?.());
    if (tag && session === this.shown) this.view = document.createElement(tag) as InsightView;
  }

  protected override render() {
    return this.view ?? nothing;
  }
}

customElements.define('insight-frame', InsightFrame);
