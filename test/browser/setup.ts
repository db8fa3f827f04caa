import { afterAll, afterEach } from 'vitest';
import { restart } from '../inputs.ts';
import { complaints, forget, quiet } from './errors.ts';

forget(); // begins to listen
restart();

afterEach(fail);

// GPU errors arrive late: those of a file's last tests are waited for.
afterAll(async () => {
  await quiet();
  fail();
});

function fail(): void {
  const found = complaints();
  forget();
  if (found.length > 0) throw new Error(`errors outside the test's own:\n${found.join('\n')}`);
}
