import type { Header, Row } from '../bench/types.ts';

/** A row of a product of 512, with `n` equal samples. */
export function row(contestant: string, median_ms: number, more: Partial<Row> = {}): Row {
  const n = 12;
  return {
    case: 'matmul 512',
    contestant,
    variant: null,
    shape: { kind: 'matmul', m: 512, n: 512, k: 512 },
    check: { ok: !more.failed, error: 1e-7, tolerance: 1e-5 },
    median_ms,
    ci: [0.98 * median_ms, 1.02 * median_ms],
    min_ms: median_ms,
    spread: 0.02,
    n,
    loop: 1,
    compile_ms: 20,
    first_ms: 50,
    gflops: null,
    gbps: null,
    intensity: null,
    roof: null,
    bound: null,
    dispatches: 1,
    submits: 1.5,
    passes: 1,
    buffers: 0,
    bindGroups: 0,
    pipelines: 0,
    writes: 0,
    copies: 0,
    peakBytes: 4e6,
    best_peer: null,
    ratio: null,
    ratio_ci: null,
    verdict: null,
    ours: null,
    occupancy: null,
    samples: Array.from({ length: n }, () => median_ms),
    ...more,
  };
}

export const header: Header = {
  date: '2026-01-01',
  adapter: { vendor: 'google', architecture: 'swiftshader', description: '', fallback: true },
  browser: 'Chrome/156',
  flags: ['--enable-unsafe-webgpu'],
  args: [],
  features: [],
  limits: {},
  versions: { eightfold: '0.1.0' },
  commit: 'abc',
  cpu: '2 x CPU',
  load: [0.1, 2],
  clocks: { now_us: 5, timestamp_ns: 1 },
  roofs: null,
};
