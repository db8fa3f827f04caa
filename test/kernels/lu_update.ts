import type { Kernel } from '../../engine/kernel.ts';
import type { Case } from './case.ts';
import {
  before,
  copyOf,
  factorPanel,
  type Panel,
  panels,
  type Progress,
  updateRest,
} from './panels.ts';

function updated(panel: Panel): Case {
  const { batch, n, first, width } = panel;
  const states = before(panel);
  for (const state of states) factorPanel(state, n, first, width);
  const after = copyOf(states);
  for (const state of after) updateRest(state, n, first, width);
  const flat = (of: Progress[]) => of.flatMap((s) => [...s.lu]);
  const order = states.flatMap((s) => (first ? s.order : s.order.map(() => 77)));
  return {
    name: JSON.stringify(panel),
    params: { batch, n, first, width },
    buffers: {
      swaps: Uint32Array.from(states.flatMap((s) => s.swaps)),
      lu: Float32Array.from(flat(states)),
      order: Uint32Array.from(order),
    },
    overrides: (kernel: Kernel): Record<string, number> =>
      /strip/.test(kernel.file) ? { DEEP: 2 } : { WIDTH: 2 },
    groups: ({ file }, { WIDTH }) => {
      if (/strip/.test(file)) return [batch * Math.ceil(n / 32), 1, 1];
      return [Math.ceil((batch * n) / (/vec4/.test(file) ? 4 : 1) / WIDTH), 1, 1];
    },
    expect: { lu: flat(after), order: after.flatMap((s) => s.order) },
    tolerance: 4e-6,
    applies: (kernel) => !/vec4/.test(kernel.file) || [n, first, width].every((d) => d % 4 === 0),
  };
}

export const cases: Case[] = panels.map(updated);
