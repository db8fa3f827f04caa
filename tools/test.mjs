// `npm test`: sets up what is missing, then checks everything and sums up in one line.
// Arguments go to vitest.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { install, root, run } from './setup.mjs';

const plain = process.stdout.isTTY ? [] : ['--colors=off'];
const report = '.cache/vitest.json';

install();
if (run('tools/browser.ts') !== 0) process.exit(1);

const total = { passed: 0, failed: 0, skipped: 0 };
check('kernels: reading the WGSL files ...', 'tools/types.ts');
check('lint: checking style ...', 'biome', 'ci', '--error-on-warnings', ...plain);
check('types: checking ...', 'tsc');
runTests();
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

function check(title, tool, ...args) {
  console.log(title);
  total[run(tool, ...args) === 0 ? 'passed' : 'failed']++;
}

function runTests() {
  console.log('tests: in Node and in a headless browser ...');
  rmSync(root + report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const projects = ['--project=node', '--project=browser'];
  const code = run('vitest', 'run', ...projects, ...reporters, ...process.argv.slice(2));
  const { passed, failed, skipped } = counts();
  total.passed += passed;
  total.skipped += skipped;
  total.failed += failed || Number(code !== 0); // errors outside of any test fail the run too
}

/** Sums of vitest's report. A file that could not be loaded counts as one failure. */
function counts() {
  if (!existsSync(root + report)) return { passed: 0, failed: 1, skipped: 0 };
  const found = JSON.parse(readFileSync(root + report, 'utf8'));
  const broken = found.testResults.filter(({ status, assertionResults }) => {
    return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
  });
  return {
    passed: found.numPassedTests,
    failed: found.numFailedTests + broken.length,
    skipped: found.numPendingTests + found.numTodoTests,
  };
}
