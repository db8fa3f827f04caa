import type { Command, Report } from '../protocol.ts';
import { startTrainer, type Trainer } from './trainer.ts';

let trainer: Trainer | null = null;

const post = (report: Report, transfer: Transferable[] = []) =>
  globalThis.postMessage(report, { transfer });

globalThis.onmessage = ({ data: command }: MessageEvent<Command>) => {
  if (command.kind === 'open') trainer = startTrainer(command.run, command.from, post);
  else trainer?.obey(command);
};
