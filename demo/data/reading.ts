import type { OwnForm } from './forms.ts';
import type { Progress, Read } from './read.ts';
import { readSounds } from './sounds.ts';
import type { ReadReport } from './worker.ts';

/** Makes a data set of files beside the page's thread; sounds only the page can decode. */
export function read(files: readonly File[], own: OwnForm, progress: Progress): Promise<Read> {
  if (own.form.kind === 'audio') return readSounds(files, own, progress);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Read>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<ReadReport>) => {
      if (data.kind === 'progress') progress(data.text, data.part);
      else if (data.kind === 'read') resolve(data.read);
      else reject(new Error(data.message));
    };
    worker.onerror = ({ message }) =>
      reject(new Error(message || 'The worker that reads files did not load. Reload the page.'));
    worker.postMessage({ files, own });
  }).finally(() => worker.terminate());
}
