import type { RunConfig } from '../../run/folder.ts';
import type { Post } from '../protocol.ts';
import { type Live, openLive } from './live.ts';

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/**
 * Whether an error is the loss of the device. A loss shows first as other errors of reading or
 * mapping, so only the device's own word counts; it may come a moment later.
 */
export function isLost({ training }: Live, error: Error & { kind?: string }): Promise<boolean> {
  if (error.kind === 'device-lost') return Promise.resolve(true);
  const lost = training.gpu.device.lost.then(() => true);
  return Promise.race([lost, wait(500).then(() => false)]);
}

/** Seconds between attempts: browsers offer no GPU for minutes after it has crashed repeatedly. */
const PAUSES = [0.1, 0.5, 2, 5, ...Array.from({ length: 20 }, () => 10)];

/** Opens a run on a new device, as soon as there is one. Throws when there is none for minutes. */
export async function reopen(run: RunConfig, post: Post): Promise<Live> {
  for (const [i, seconds] of PAUSES.entries()) {
    await wait(seconds * 1000);
    try {
      const live = await openLive(run, post);
      await live.compile();
      return live;
    } catch (error) {
      const { kind = 'gpu' } = error as { kind?: string };
      const passing = ['no-webgpu', 'device-lost', 'gpu'].includes(kind);
      if (!passing || i === PAUSES.length - 1) throw error;
      post({ kind: 'stage', text: 'The browser offers no GPU at the moment: trying again' });
    }
  }
  throw new Error('internal: no attempt was made.');
}
