import {
  type Arg,
  broadcastTo,
  gather,
  reshape,
  split,
  type Tensor,
  variable,
} from '../../engine/index.ts';
import type { Level } from './prediction.ts';
import type { Schedule } from './schedule.ts';

/** What the chain's steps need to know of a step t: numbers, or one for each row. */
export interface Constants extends Level {
  /** (t + 1) / T, for the network. */
  readonly time: Arg;
  /** Factors of x_0 and of x_t in the mean of x_(t−1). */
  readonly x0: Arg;
  readonly xt: Arg;
  /** log β̃_t; at t = 0, where that is −∞, log β_0. */
  readonly logSmall: Arg;
  /** log β_t. */
  readonly logLarge: Arg;
  /** 1, and 0 at t = 0. */
  readonly later: Arg;
}

const names = ['signal', 'noise', 'time', 'x0', 'xt', 'logSmall', 'logLarge', 'later'] as const;

/** The constants of step t as numbers. */
export function constantsAt(schedule: Schedule, t: number): Constants {
  const { steps, beta, alphaBar, posteriorMean, posteriorVariance } = schedule;
  return {
    signal: Math.sqrt(alphaBar[t]),
    noise: Math.sqrt(1 - alphaBar[t]),
    time: (t + 1) / steps,
    x0: posteriorMean.x0[t],
    xt: posteriorMean.xt[t],
    logSmall: Math.log(t === 0 ? beta[0] : posteriorVariance[t]),
    logLarge: Math.log(beta[t]),
    later: Number(t > 0),
  };
}

/** What gives the constants of steps t [B] u32, [B, 1, ...] to go with data of a rank. In a step. */
export function constantsOf(schedule: Schedule): (t: Tensor, rank: number) => Constants {
  const table = variable(
    Float32Array.from({ length: schedule.steps * names.length }, (_, i) => {
      const at = constantsAt(schedule, Math.floor(i / names.length));
      return at[names[i % names.length]] as number;
    }),
    [schedule.steps, names.length],
    { name: 'schedule' },
  );
  return (t, rank) => {
    const shape = [t.size, ...Array<number>(rank - 1).fill(1)];
    const columns = split(gather(table, t), names.length, 1).map((c) => reshape(c, shape));
    return Object.fromEntries(names.map((name, i) => [name, columns[i]])) as unknown as Constants;
  };
}

/** The time of each of B rows, [B]. */
export const timesOf = ({ time }: Constants, batch: number): Tensor =>
  typeof time === 'number' ? broadcastTo(time, [batch]) : reshape(time, [batch]);
