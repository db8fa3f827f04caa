import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { three } from '../../bench/report/columns.ts';
import { fastest } from '../../bench/report.ts';
import type { Row } from '../../bench/types.ts';
import { variantName } from '../../engine/choose.ts';
import type { Kernel } from '../../engine/kernel.ts';
import { kernelHeader } from '../learn/kernel-header.ts';
import { inline } from '../learn/prose.ts';
import { base } from '../views/styles.ts';

/** The variants of a contract in reading order, with what they measured if they were raced. */
export class VariantLadder extends LitElement {
  static override styles = [
    base,
    css`
      .scroll {
        position: relative;
        max-height: 22rem;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 8px;
        scrollbar-width: thin;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.87rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.35rem 0.8rem;
        border-bottom: 1px solid var(--line);
        text-align: left;
        vertical-align: top;
      }
      tr:last-child > * {
        border-bottom: 0;
      }
      thead th {
        position: sticky;
        top: 0;
        background: var(--surface);
        color: var(--soft);
        font-weight: 600;
      }
      tbody th {
        font-weight: 400;
        white-space: nowrap;
      }
      .number {
        text-align: right;
        white-space: nowrap;
      }
      .threads {
        min-width: 16rem;
      }
      tr.open {
        background: color-mix(in srgb, var(--accent) 12%, var(--surface));
        box-shadow: inset 3px 0 var(--accent);
      }
      .best {
        font-weight: 700;
      }
      .wrong {
        color: var(--danger);
      }
    `,
  ];

  static override properties = {
    contract: {},
    kernels: { attribute: false },
    variant: {},
    rows: { attribute: false },
  };

  declare contract: string;
  declare kernels: readonly Kernel[];
  declare variant: string;
  declare rows: readonly Row[];

  protected override render() {
    const raced = this.rows.length > 0;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Variants">
      <table>
        <thead>
          <tr>
            <th scope="col">variant</th>
            ${
              raced
                ? ['ms', 'GFLOP/s', 'GB/s', 'of the roof', 'limited by'].map(
                    (title) => html`<th scope="col" class="number">${title}</th>`,
                  )
                : html`<th scope="col">threads</th>
                  <th scope="col">sync</th>
                  <th scope="col">workgroup</th>`
            }
          </tr>
        </thead>
        <tbody>
          ${this.kernels.map((kernel) => this.renderVariant(kernel, raced))}
        </tbody>
      </table>
    </div>`;
  }

  /** The open variant is in sight. */
  protected override updated(changed: PropertyValues): void {
    if (!changed.has('variant')) return;
    const box = this.renderRoot.querySelector('.scroll') as HTMLElement;
    const row = box.querySelector('.open') as HTMLElement | null;
    if (row) box.scrollTop = row.offsetTop - box.clientHeight / 3;
  }

  private renderVariant(kernel: Kernel, raced: boolean) {
    const { code, workgroup, features } = kernel;
    const name = variantName(kernel);
    const { fields } = kernelHeader(code);
    const field = (wanted: string) => fields.find((each) => each.name === wanted)?.text ?? '';
    const open = name === this.variant;
    return html`<tr class=${open ? 'open' : ''}>
      <th scope="row">
        <a href="#${this.contract}/${name}" aria-current=${open ? 'true' : nothing}>${name}</a>
      </th>
      ${
        raced
          ? this.renderRow(this.rows.find((row) => row.variant === `${this.contract}/${name}`))
          : html`<td class="threads">${inline(field('Threads'))}</td>
            <td>${inline(field('Sync'))}</td>
            <td>${workgroup.join(' × ').replace(/( × 1)+$/, '')}${features.length ? `, ${features.join(', ')}` : ''}</td>`
      }
    </tr>`;
  }

  private renderRow(row: Row | undefined) {
    if (!row) return html`<td colspan="5" class="soft">not for these sizes on this adapter</td>`;
    if (row.failed) return html`<td colspan="5" class="wrong">${row.failed}</td>`;
    const best = fastest(this.rows.filter((r) => !r.failed)) === row;
    const within = row.ci
      ? ` ±${((50 * (row.ci[1] - row.ci[0])) / row.median_ms).toFixed(0)} %`
      : '';
    return html`<td class="number ${best ? 'best' : ''}">${three(row.median_ms)}${within}</td>
      <td class="number">${row.gflops === null ? '' : three(row.gflops)}</td>
      <td class="number">${row.gbps === null ? '' : three(row.gbps)}</td>
      <td class="number">${row.roof === null ? '' : `${(100 * row.roof).toFixed(0)} %`}</td>
      <td class="number">${row.bound ?? ''}</td>`;
  }
}

customElements.define('variant-ladder', VariantLadder);
