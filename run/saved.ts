import { UsageError } from './command.ts';
import { type RunConfig, readCheckpoint, readConfig } from './folder.ts';

/** The run in a folder with its newest checkpoint, and the step of it. Throws where there is none. */
export function readRun(folder: string | undefined) {
  if (!folder) throw new UsageError('which run? Give the folder that train wrote.');
  const config: RunConfig | null = readConfig(folder);
  if (!config) throw new UsageError(`${folder}: holds no run. Give the folder that train wrote.`);
  const saved = readCheckpoint(folder, (text) => console.warn(text));
  if (!saved)
    throw new UsageError(`${folder}: has no checkpoint yet. Train longer, or lower --save.`);
  const checkpoint = Buffer.from(saved.bytes).toString('base64');
  return { input: { ...config, checkpoint }, step: saved.notes.step as number };
}
