import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import {
  type Answer,
  type Quiz,
  type QuizDesign,
  quizCsv,
  quizJson,
  resultOf,
  type Trial,
  trialsOf,
} from '../../models/metrics/quiz.ts';
import type { Comparison } from '../../run/compare/summary.ts';
import { download } from '../views/download.ts';
import '../views/file-button.ts';
import { base } from '../views/styles.ts';
import './quiz-result.ts';
import { tallyText } from './quiz-result.ts';
import { importQuiz, keepQuiz, keptQuiz, type QuizImages, quizImages } from './quiz-store.ts';
import './quiz-setup.ts';
import './quiz-stage.ts';

/** A blinded quiz about the images of a comparison: which are real? Kept after each answer. */
export class HumanQuiz extends LitElement {
  static override styles = [
    base,
    css`
      .tools {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
        margin-top: 0.9rem;
      }
      .told {
        min-height: 1.5em;
        text-align: center;
      }
      progress {
        display: block;
        width: 100%;
        height: 0.4rem;
        accent-color: var(--accent);
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0.2rem 1rem;
      }
      .wrong {
        color: var(--danger);
      }
    `,
  ];

  static override properties = {
    comparison: { attribute: false },
    quiz: { attribute: false },
    playing: { state: true },
    problem: { state: true },
  };

  declare comparison: Comparison;
  /** The quiz that goes on or is done, if any. */
  declare quiz: Quiz | null;
  /** Whether its questions are on the stage. */
  declare private playing: boolean;
  declare private problem: string;
  private images!: QuizImages;
  private trials: Trial[] = [];

  constructor() {
    super();
    this.quiz = null;
    this.playing = false;
    this.problem = '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('comparison')) {
      this.images = quizImages(this.comparison);
      this.take(keptQuiz(this.images), false);
    }
  }

  private take(quiz: Quiz | null, playing: boolean): void {
    this.quiz = quiz;
    this.trials = quiz ? trialsOf(quiz.design) : [];
    this.playing = playing;
    this.problem = '';
  }

  private get done(): boolean {
    return this.quiz?.answers.length === this.trials.length;
  }

  private readonly begin = (event: CustomEvent<Omit<QuizDesign, 'source' | 'real' | 'models'>>) => {
    const { source, real, generated } = this.images;
    const models = Object.fromEntries(
      Object.entries(generated).map(([name, images]) => [name, images.length]),
    );
    const design = { source, real: real.length, models, ...event.detail };
    this.take({ design, answers: [] }, true);
  };

  private readonly answer = ({ detail }: CustomEvent<Answer>): void => {
    const quiz = this.quiz as Quiz;
    this.quiz = { ...quiz, answers: [...quiz.answers, detail] };
    this.problem = keepQuiz(this.images, this.quiz)
      ? ''
      : 'This browser keeps nothing for this page: export the answers before you leave.';
    if (this.done) this.playing = false;
  };

  private async open(file: File): Promise<void> {
    try {
      this.take(importQuiz(this.images, await file.text()), false);
      keepQuiz(this.images, this.quiz);
    } catch (error) {
      this.problem = (error as Error).message; // what was there stays
    }
  }

  protected override render() {
    const { quiz, playing } = this;
    return html`
      ${quiz && playing ? this.renderQuestion(quiz) : nothing}
      ${quiz && !playing ? this.renderStand(quiz) : nothing}
      ${quiz ? nothing : html`<quiz-setup .questions=${Object.keys(this.images.generated).length} @begin=${this.begin}></quiz-setup>`}
      <p class="wrong small" role="alert">${this.problem}</p>
      ${playing ? nothing : this.renderTools(quiz)}
    `;
  }

  private renderQuestion({ design, answers }: Quiz) {
    const at = answers.length;
    return html`
      <progress .value=${at} .max=${this.trials.length} aria-label="Questions answered"></progress>
      <p class="line small soft number">
        <span>question ${at + 1} of ${this.trials.length}</span>
        ${
          design.told
            ? html`<span>so far ${tallyText(resultOf({ design, answers }).all)}</span>`
            : html`<span>the result comes at the end</span>`
        }
      </p>
      <quiz-stage
        .images=${this.images}
        .design=${design}
        .trial=${this.trials[at]}
        @answer=${this.answer}
      ></quiz-stage>
      <p class="told small" role="status">${design.told && at ? this.renderLast(answers) : nothing}</p>
      <div class="tools">
        <button @click=${() => (this.playing = false)}>Pause</button>
      </div>
    `;
  }

  /** What was right of the last question. */
  private renderLast(answers: readonly Answer[]) {
    const { truth, model, real, generated } = this.trials[answers.length - 1];
    const right = answers.at(-1)?.choice === truth;
    const was =
      real !== null && generated !== null
        ? `the ${truth === 0 ? 'left' : 'right'} one was real, the other by ${this.titles[model]}`
        : generated === null
          ? 'it was real'
          : `it was generated, by ${this.titles[model]}`;
    return html`<span class=${right ? '' : 'wrong'}>${right ? 'Right' : 'Wrong'}: ${was}.</span>`;
  }

  private renderStand(quiz: Quiz) {
    const left = this.trials.length - quiz.answers.length;
    const { interval, n } = resultOf(quiz).all;
    const { form, shownMs } = quiz.design;
    const shown = shownMs === null ? 'without a time limit' : `shown for ${shownMs / 1000} s`;
    const verdict =
      interval[0] > 0.5
        ? 'More often wrong than by guessing.'
        : interval[1] < 0.5
          ? 'Told apart: the interval lies below the 50 % of guessing.'
          : 'Not told apart for certain: the interval holds the 50 % of guessing.';
    return html`
      <p>
        ${left ? `${quiz.answers.length} of ${this.trials.length} questions answered. ` : 'All questions answered. '}
        ${n ? verdict : ''}
        <span class="small soft">${form === 'pair' ? 'Pairs' : 'Single images'}, ${shown}.</span>
      </p>
      ${n && (quiz.design.told || !left) ? html`<quiz-result .quiz=${quiz} .titles=${this.titles}></quiz-result>` : nothing}
    `;
  }

  private renderTools(quiz: Quiz | null) {
    const name = `quiz-${this.comparison.data}`;
    return html`<div class="tools">
      ${
        quiz
          ? html`
            ${this.done ? nothing : html`<button class="primary" @click=${() => (this.playing = true)}>Go on</button>`}
            <button @click=${this.restart}>New quiz</button>
            <button @click=${() => download(`${name}.json`, 'application/json', quizJson(quiz))}>
              Export JSON
            </button>
            <button @click=${() => download(`${name}.csv`, 'text/csv', quizCsv(quiz))}>
              Export CSV
            </button>`
          : nothing
      }
      <file-button
        label="Open an exported quiz…"
        @file=${(e: CustomEvent<File>) => this.open(e.detail)}
      ></file-button>
    </div>`;
  }

  private readonly restart = (): void => {
    keepQuiz(this.images, null);
    this.take(null, false);
  };

  private get titles(): Record<string, string> {
    return Object.fromEntries(this.comparison.lines.map(({ name, title }) => [name, title]));
  }
}

customElements.define('human-quiz', HumanQuiz);
