import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Runs the command as a shell would. */
const bench = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'bench/cli.ts', ...args], { encoding: 'utf8' });

test('--help tells every option and the exit codes', () => {
  const { status, stdout } = bench('--help');
  expect(status).toBe(0);
  for (const part of ['--browser-url', '--selftest', '--tune', 'Exit codes']) {
    expect(stdout).toContain(part);
  }
});

test.each([
  [['--filter', 'nothing'], /no case matches[\s\S]*matmul 512/],
  [
    ['--baseline', 'absent.json'],
    /--baseline absent\.json: .*--format json --out writes such a file/,
  ],
  [['--tuning', 'absent.json', '--filter', 'matmul 128'], /--tuning absent\.json: .*--tune writes/],
  [['--browser-url', 'ws://127.0.0.1:9', '--filter', 'matmul 128'], /no Chrome answers/],
  [['--robustness', '--browser-url', 'ws://127.0.0.1:9'], /leave --browser-url out/],
])('%j can not run: exit code 2, nothing on stdout', (args, message) => {
  const { status, stdout, stderr } = bench(...args);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(message);
});
