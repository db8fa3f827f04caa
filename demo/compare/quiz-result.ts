import { css, html, LitElement, nothing } from 'lit';
import type { Interval } from '../../models/metrics/intervals.ts';
import { type Quiz, resultOf, type Tally } from '../../models/metrics/quiz.ts';
import { base } from '../views/styles.ts';

const [WIDTH, HEIGHT] = [300, 18];

const percent = (share: number) => `${Math.round(100 * share)} %`;

const shares = ([low, high]: Interval) => `${Math.round(100 * low)} to ${percent(high)}`;

/** A tally in words: wrong answers, their share and its interval. */
export const tallyText = ({ n, wrong, interval }: Tally): string =>
  n === 0
    ? 'no answers yet'
    : `${wrong} of ${n} wrong, ${percent(wrong / n)} (${shares(interval)})`;

/** What came of a quiz so far: error rates with their intervals, in all and by model. */
export class QuizResult extends LitElement {
  static override styles = [
    base,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.85rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.25rem 0.7rem 0.25rem 0;
        border-bottom: 1px solid var(--line);
        font-weight: 400;
        text-align: left;
      }
      td {
        white-space: nowrap;
      }
      thead th {
        color: var(--soft);
      }
      .all th,
      .all td {
        font-weight: 600;
      }
      svg {
        display: block;
        width: 100%;
        max-width: 20rem;
        overflow: visible;
      }
      .half {
        stroke: var(--danger);
        stroke-dasharray: 2 3;
      }
      .axis {
        stroke: var(--line);
      }
      .interval {
        stroke: var(--accent);
        stroke-width: 5;
        opacity: 0.45;
      }
      circle {
        fill: var(--accent);
      }
    `,
  ];

  static override properties = { quiz: { attribute: false }, titles: { attribute: false } };

  declare quiz: Quiz;
  /** Names for people, by model. */
  declare titles: Readonly<Record<string, string>>;

  protected override render() {
    const { all, models, truths } = resultOf(this.quiz);
    const [zero, one] =
      this.quiz.design.form === 'pair'
        ? ['where the left one was real', 'where the right one was real']
        : ['real taken for generated', 'generated taken for real'];
    return html`<table>
        <thead>
          <tr>
            <th scope="col">judged</th>
            <th scope="col">wrong</th>
            <th scope="col">of all, with the 95 % interval; the line is guessing</th>
          </tr>
        </thead>
        <tbody>
          ${this.renderTally('all', all, 'all')}
          ${Object.entries(models).map(([name, tally]) =>
            this.renderTally(this.titles[name] ?? name, tally),
          )}
          ${this.renderTally(zero, truths[0])} ${this.renderTally(one, truths[1])}
        </tbody>
      </table>`;
  }

  private renderTally(title: string, { n, wrong, interval }: Tally, kind = '') {
    if (n === 0) return nothing;
    const [low, high] = interval.map((share) => share * WIDTH);
    return html`<tr class=${kind}>
      <th scope="row">${title}</th>
      <td>${wrong} of ${n}</td>
      <td>
        ${percent(wrong / n)} (${shares(interval)})
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
          <line class="axis" x1="0" x2=${WIDTH} y1="9" y2="9" />
          <line class="half" x1=${WIDTH / 2} x2=${WIDTH / 2} y1="0" y2=${HEIGHT} />
          <line class="interval" x1=${low} x2=${high} y1="9" y2="9" />
          <circle cx=${(wrong / n) * WIDTH} cy="9" r="5" />
        </svg>
      </td>
    </tr>`;
  }
}

customElements.define('quiz-result', QuizResult);
