import type { OwnForm } from './forms.ts';
import { type Read, readFiles } from './read.ts';

/** What reading in a worker tells. */
export type ReadReport =
  | { kind: 'progress'; text: string; part: number }
  | { kind: 'read'; read: Read }
  | { kind: 'failed'; message: string };

const post = (report: ReadReport) => globalThis.postMessage(report);

globalThis.onmessage = async ({ data }: MessageEvent<{ files: File[]; own: OwnForm }>) => {
  try {
    const progress = (text: string, part: number) => post({ kind: 'progress', text, part });
    post({ kind: 'read', read: await readFiles(data.files, data.own, progress) });
  } catch (error) {
    post({ kind: 'failed', message: (error as Error).message });
  }
};
