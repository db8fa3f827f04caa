import { afterEach, beforeEach } from 'vitest';
import { complaints, forget } from './errors.ts';

beforeEach(forget);

afterEach(() => {
  const found = complaints();
  if (found.length > 0) throw new Error(`errors outside the test's own:\n${found.join('\n')}`);
});
