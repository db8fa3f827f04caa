import { html, LitElement, nothing } from 'lit';
import { formatAddress, infoOf, parseAddress } from './address.ts';
import { announcement } from './announce.ts';
import { watchHidden } from './hidden.ts';
import './insight/insight-frame.ts';
import { keyAction } from './keys.ts';
import type { From, Stride } from './protocol.ts';
import { openSession, type Session } from './session.ts';
import { layout } from './studio-layout.ts';
import './views/kernel-view.ts';
import './views/loss-chart.ts';
import './views/model-nav.ts';
import './views/objective-view.ts';
import type { Action } from './views/run-controls.ts';
import './views/run-controls.ts';
import type { Changed } from './views/run-settings.ts';
import './views/run-settings.ts';
import type { Start } from './views/run-shelf.ts';
import './views/run-shelf.ts';
import './views/sample-view.ts';
import './views/site-header.ts';
import './views/status-note.ts';
import { base } from './views/styles.ts';

const ANNOUNCE_MS = 15_000;

/** The studio: the run that the address names, trained by a worker, and all there is to see of it. */
export class StudioApp extends LitElement {
  static override styles = [base, layout];

  static override properties = {
    session: { attribute: false },
    problem: { state: true },
    said: { state: true },
    stride: { state: true },
    version: { state: true },
  };

  declare session: Session | null;
  declare private problem: string;
  /** Why there is no GPU. */
  private reason = '';
  /** What a screen reader says next. */
  declare private said: string;
  /** How far a step goes. */
  declare private stride: Stride;
  /** Grows when the session has changed. */
  declare private version: number;
  /** The run that the address names. */
  private addressed: Session['run'] | null = null;
  private unwatch = () => {};
  private saidAt = 0;
  private frame = 0;

  constructor() {
    super();
    this.session = null;
    this.problem = '';
    this.said = '';
    this.stride = 'iteration';
    this.version = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.open);
    addEventListener('keydown', this.press);
    this.unwatch = watchHidden(
      () => this.session,
      () => this.changed(),
    );
    this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.open);
    removeEventListener('keydown', this.press);
    this.unwatch();
    this.session?.close();
  }

  /** Opens the run of the address, unless it is open already. */
  private readonly open = (): void => {
    try {
      const run = parseAddress(location.hash);
      const address = formatAddress(run);
      history.replaceState(null, '', address);
      this.problem = '';
      if (this.session && formatAddress(this.session.run) === address) return;
      this.start(run);
    } catch (error) {
      this.session?.close();
      this.session = null;
      this.problem = (error as Error).message;
    }
  };

  /** Opens a run where it is to go on from, under its address. */
  private goOn({ run, from }: Start): void {
    this.start(run, from);
    if (location.hash !== formatAddress(run)) history.pushState(null, '', formatAddress(run));
  }

  private start(run: Session['run'], from: From | null = null): void {
    this.session?.close();
    const session = openSession(run, from, () => {
      if (session === this.session) this.changed();
      if (session.error?.code === 'no-webgpu') this.showRecorded(session);
    });
    this.session = session;
    this.addressed = run;
    if (!from) this.showPreview(session);
    document.title = `${infoOf(run.model)?.title} – Eightfold studio`;
  }

  /** Shows what the run comes to, as it was recorded, until the model is open. */
  private async showPreview(session: Session): Promise<void> {
    const { recordedPreview } = await import('./shipped/recorded.ts');
    const preview = await recordedPreview(session.run).catch(() => null); // it is an extra
    if (session.preview || session.samples) return;
    session.preview = preview;
    this.changed();
  }

  /** Without WebGPU: says what to do, and plays a recorded run meanwhile. */
  private async showRecorded(failed: Session): Promise<void> {
    if (failed.kept || failed.curve.steps.length > 0) return; // it had a GPU, and says so
    const [{ openRecorded }] = await Promise.all([
      import('./shipped/recorded.ts'),
      import('./views/webgpu-help.ts'),
    ]);
    const session = await openRecorded(failed.run, () => this.changed());
    if (failed !== this.session) return;
    this.reason = failed.error?.message ?? '';
    this.session = session;
  }

  /** Draws at most once per frame, whatever the worker tells. */
  private changed(): void {
    this.frame ||= requestAnimationFrame((now) => {
      this.frame = 0;
      this.version++;
      this.keepAddress();
      this.announce(now);
    });
  }

  /** The address follows settings that are changed while training goes on. */
  private keepAddress(): void {
    const { session } = this;
    if (!session || session.run === this.addressed) return;
    this.addressed = session.run;
    history.replaceState(null, '', formatAddress(session.run));
  }

  private announce(now: number): void {
    const { session } = this;
    if (!session || session.phase === 'opening') return;
    if (session.phase === 'training' && now - this.saidAt < ANNOUNCE_MS) return;
    this.saidAt = now;
    this.said = announcement(session);
  }

  private readonly press = (event: KeyboardEvent): void => {
    const action = keyAction(event, this.running);
    if (!action) return;
    event.preventDefault();
    this.act(action);
  };

  private get running(): boolean {
    return ['training', 'recovering'].includes(this.session?.phase ?? '');
  }

  private act(action: Action): void {
    const { session } = this;
    if (!session) return;
    if (session.phase === 'failed') {
      if (action === 'reset') this.start(session.run);
    } else if (action !== 'step') {
      session.send({ kind: action });
    } else if (!this.running) {
      session.send({ kind: 'step', by: this.stride });
    }
  }

  protected override render() {
    const { session } = this;
    return html`
      ${this.renderHeader()}
      <main>
        <status-note
          .session=${session}
          .version=${this.version}
          .problem=${this.problem}
          @again=${() => session && this.start(session.run, latestOf(session))}
        ></status-note>
        ${
          session?.recorded
            ? html`<webgpu-help .session=${session} .reason=${this.reason}></webgpu-help>`
            : nothing
        }
        ${session ? this.renderRun(session) : nothing}
      </main>
      <p class="unseen" role="status">${this.said}</p>
    `;
  }

  private renderHeader() {
    const { session } = this;
    const { opened } = session ?? {};
    return html`
      <site-header page="families">
        ${opened ? `${opened.adapter}${opened.software ? ' (software, slow)' : ''}` : nothing}
      </site-header>
      <model-nav .model=${session?.run.model}></model-nav>
    `;
  }

  private renderRun(session: Session) {
    const { version } = this;
    const { run, phase, opened, curve, samples, film, profile, visited, recorded } = session;
    const past = session.preview?.curve;
    const shown = past ?? curve;
    return html`
      <run-settings
        .run=${run}
        .step=${run.changes ? curve.steps.length : 0}
        .running=${phase !== 'failed' && phase !== 'opening'}
        @change-setting=${(e: CustomEvent<Changed>) =>
          session.send({ kind: 'change', ...e.detail })}
      ></run-settings>
      <div class="live">
        <run-controls
          .session=${session}
          .version=${version}
          .stride=${this.stride}
          @stride=${(e: CustomEvent<Stride>) => {
            this.stride = e.detail;
          }}
          @speed=${(e: CustomEvent<number>) => session.send({ kind: 'speed', perSecond: e.detail })}
          @action=${(e: CustomEvent<Action>) => this.act(e.detail)}
        ></run-controls>
        <run-shelf
          .session=${session}
          .version=${version}
          @start=${({ detail }: CustomEvent<Start>) => this.goOn(detail)}
        ></run-shelf>
        <objective-view
          .model=${run.model}
          .curve=${curve}
          .version=${curve.steps.length}
        ></objective-view>
        <div class="views">
          <loss-chart
            .curve=${shown}
            .version=${shown.steps.length}
            .recorded=${!!past}
            .units=${infoOf(run.model)?.losses ?? {}}
            .changes=${run.changes ?? []}
            .references=${session.references}
          ></loss-chart>
          <sample-view
            .opened=${opened}
            .samples=${samples}
            .film=${film}
            .preview=${session.preview}
          ></sample-view>
        </div>
        ${
          opened && !recorded
            ? html`<insight-frame .session=${session} .version=${curve.steps.length}></insight-frame>`
            : nothing
        }
        <kernel-view
          .profile=${profile}
          .visited=${visited}
          .idle=${recorded || (phase !== 'paused' && phase !== 'training')}
          .adapter=${opened?.adapter ?? ''}
          @profile=${() => session.send({ kind: 'profile' })}
        ></kernel-view>
      </div>
    `;
  }
}

/** Where a run that failed can go on: as far as it is kept. */
const latestOf = ({ kept, from }: Session): From | null =>
  kept ? { kind: 'kept', id: kept.id } : from;

customElements.define('studio-app', StudioApp);
