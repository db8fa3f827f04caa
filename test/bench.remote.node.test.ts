import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from '../bench/cases.ts';
import { openHost } from '../bench/host/browser.ts';
import type { Host } from '../bench/host/host.ts';
import { occupancyOf } from '../bench/occupancy.ts';
import { OURS } from '../bench/report.ts';
import { connect, findBrowser } from '../tools/browser.ts';

/** A browser that somebody else started, as on a grid. */
async function startElsewhere(profile: string): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(findBrowser() as string, [
    '--headless',
    '--no-sandbox',
    '--no-first-run',
    '--remote-debugging-port=0',
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    `--user-data-dir=${profile}`,
  ]);
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const [, found] = /DevTools listening on (ws:\S+)/.exec(said) ?? [];
      if (found) resolve(found);
    });
    child.on('exit', () => reject(new Error(said)));
  });
  return { process: child, url };
}

const tiny: Case = { name: 'tiny', problem: { kind: 'matmul', m: 16, n: 16, k: 16 }, cost: 1 };
const asked = { quick: true, budget: 1, variants: null, tuning: {}, forced: [] };

describe('a browser that runs already', () => {
  const profile = mkdtempSync(join(tmpdir(), 'eightfold-remote-'));
  let elsewhere: { process: ChildProcess; url: string };
  let host: Host;

  beforeAll(async () => {
    elsewhere = await startElsewhere(profile);
    const modules = { [OURS]: '/bench/ours/contestant.ts', absent: '/bench/absent.ts' };
    const onConsole = () => {}; // the page says that one module is not there
    const serve = { host: '0.0.0.0' };
    host = await openHost(modules, { browserUrl: elsewhere.url, serve, onConsole });
  });

  afterAll(async () => {
    await host?.close();
    const gone = new Promise((resolve) => elsewhere.process.once('exit', resolve));
    elsewhere.process.kill();
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 20 }); // it still writes
  });

  test('tells its adapter, clocks and limits', async () => {
    const { adapter, clocks, limits, browser } = await host.describe();
    expect(adapter.architecture).toBe('swiftshader');
    expect(browser).toMatch(/Chrome/);
    expect(clocks.now_us).toBeGreaterThan(0);
    expect(limits.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(256);
  });

  test('runs a case; a contestant that can not be loaded is told', async () => {
    const { rows, shaders } = await host.run(tiny, asked);
    expect(rows.map((row) => row.contestant)).toEqual([OURS, 'absent']);
    expect(rows[0]).toMatchObject({
      case: 'tiny',
      shape: '[16,16]·[16,16]',
      check: { ok: true },
      dispatches: 1,
      submits: 1,
      buffers: 0,
    });
    expect(rows[0].compile_ms).toBeGreaterThan(0);
    expect(rows[0].choices?.[0]).toMatchObject({ contract: 'matmul', by: 'heuristic' });
    expect(rows[1].failed).toMatch(/absent/);
    expect(shaders[OURS][0].code).toContain('@compute');
    expect(occupancyOf(shaders[OURS])?.invocations).toBeGreaterThan(0);
  });

  test('races variants, of all sizes or of one bucket, and obeys a table', async () => {
    const bucket = 'm4 n4 k4 batch0';
    const forced = [
      { contract: 'matmul', bucket: '*', variant: '1_naive' },
      { contract: 'matmul', bucket, variant: '7_ragged' },
    ];
    const tuning = { matmul: { '*': ['7_ragged'] } };
    const { rows } = await host.run(tiny, { ...asked, forced, tuning });
    expect(rows.map(({ variant }) => variant)).toEqual([
      null,
      'matmul/1_naive',
      'matmul/7_ragged',
      null,
    ]);
    expect(rows.map(({ choices }) => choices?.[0].variant)).toEqual([
      '7_ragged',
      '1_naive',
      '7_ragged',
      undefined,
    ]);
    expect(rows[0].choices?.[0]).toMatchObject({ bucket, by: 'table' });
  });

  test('is left running when the bench is done with it', async () => {
    const again = await connect(elsewhere.url);
    expect(again.connected).toBe(true);
    await again.disconnect();
  });
});

test('nobody at the address: says what to do', async () => {
  await expect(connect('ws://127.0.0.1:9/devtools/browser/none')).rejects.toThrow(
    /no Chrome answers at ws:.*--remote-debugging-port/,
  );
});
