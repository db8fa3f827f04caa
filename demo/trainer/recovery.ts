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

/** Opens a run on a new device. The browser needs a moment after its GPU process has died. */
export async function reopen(run: RunConfig, post: Post): Promise<Live> {
  for (const pause of [100, 500, 2000]) {
    await wait(pause);
    try {
      return await openLive(run, post);
    } catch (error) {
      const { kind } = error as { kind?: string };
      if (kind !== 'no-webgpu' && kind !== 'device-lost' && kind !== undefined) throw error;
    }
  }
  return openLive(run, post);
}
