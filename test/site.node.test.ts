import { mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../tools/serve.ts';
import { serveSite } from '../tools/site.ts';

test('the page of commands is built, and gets sets that were fetched', async () => {
  const name = `test_${process.pid}`;
  const file = join(ROOT, '.cache/data', `${name}.bin`);
  mkdirSync(join(ROOT, '.cache/data'), { recursive: true });
  writeFileSync(file, 'pixels');
  const { url, close } = await serveSite('run');
  try {
    const page = await fetch(`${url}/run/page.html`);
    expect(page.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    const [, script] = /src="([^"]+)"/.exec(await page.text()) ?? [];
    const source = await (await fetch(new URL(script, page.url))).text();
    expect(source).toContain('globalThis.runJob');
    const fetched = await fetch(`${url}/.cache/data/${name}.bin`);
    expect([fetched.status, await fetched.text()]).toEqual([200, 'pixels']);
    expect((await fetch(`${url}/.cache/data/nothing.bin`)).status).toBe(404);
    expect((await fetch(`${url}/.cache/data/..%2f..%2fpackage.json`)).status).toBe(404);
  } finally {
    await close();
    rmSync(file);
  }
});

test('a new build takes the place of those that nobody serves', async () => {
  const sites = join(ROOT, '.cache/site');
  const left = {
    'run-1': `served-${process.pid}`,
    'run-2': `served-${2 ** 30}`,
    [`new-${2 ** 30}-x`]: 'page.js',
  };
  for (const [folder, file] of Object.entries(left)) {
    mkdirSync(join(sites, folder), { recursive: true });
    writeFileSync(join(sites, folder, file), '');
  }
  const source = join(ROOT, 'run/page.html');
  const { atime, mtime } = statSync(source);
  utimesSync(source, new Date(), new Date());
  const { close } = await serveSite('run');
  utimesSync(source, atime, mtime);
  const found = readdirSync(sites);
  await close();
  rmSync(join(sites, 'run-1'), { recursive: true });
  expect(Object.keys(left).map((folder) => found.includes(folder))).toEqual([true, false, false]);
});
