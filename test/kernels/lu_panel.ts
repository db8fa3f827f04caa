import type { Case } from './case.ts';
import { before, copyOf, factorPanel, type Panel, panels, type Progress } from './panels.ts';

function factored(panel: Panel, name = 'heavy', states: Progress[] = before(panel)): Case {
  const { batch, n, first, width } = panel;
  const after = copyOf(states);
  for (const state of after) factorPanel(state, n, first, width);
  const flat = (of: Progress[]) => of.flatMap((s) => [...s.lu]);
  return {
    name: `${name} ${JSON.stringify(panel)}`,
    params: { batch, n, first, width },
    buffers: {
      lu: Float32Array.from(flat(states)),
      swaps: Uint32Array.from(states.flatMap((s) => s.swaps)),
      log_det: Float32Array.from(states, (s) => (first ? s.logDet : Number.NaN)),
      sign: Float32Array.from(states, (s) => (first ? s.sign : Number.NaN)),
    },
    overrides: { WIDTH: 4 },
    groups: () => [batch, 1, 1],
    expect: {
      lu: flat(after),
      swaps: after.flatMap((s) => s.swaps),
      log_det: after.map((s) => s.logDet),
      sign: after.map((s) => s.sign),
    },
    tolerance: 4e-6,
    applies: (kernel) => !/shared/.test(kernel.file) || [n, first, width].every((d) => d % 4 === 0),
  };
}

const zeros = { batch: 1, n: 8, first: 0, width: 4 };

export const cases: Case[] = [
  ...panels.map((panel) => factored(panel)),
  factored(zeros, 'nothing', before(zeros, new Float32Array(64))),
];
