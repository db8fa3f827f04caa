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
  const ended = 2 ** 30; // no process
  const left = ['run-1', 'run-2', `new-${ended}-x`];
  const marks = [`served-${process.pid}-run-1`, `served-${ended}-run-2`];
  for (const folder of left) mkdirSync(join(sites, folder), { recursive: true });
  for (const mark of marks) writeFileSync(join(sites, mark), '');
  const source = join(ROOT, 'run/page.html');
  const { atime, mtime } = statSync(source);
  utimesSync(source, new Date(), new Date());
  const { close } = await serveSite('run');
  utimesSync(source, atime, mtime);
  const found = readdirSync(sites);
  await close();
  for (const name of ['run-1', marks[0]]) rmSync(join(sites, name), { recursive: true });
  expect(left.map((folder) => found.includes(folder))).toEqual([true, false, false]);
  expect(marks.map((mark) => found.includes(mark))).toEqual([true, false]);
});
