import { EXIT } from './command.ts';

/**
 * The first Ctrl-C asks to stop, saying how, the second ends the process at once. `off` ends listening;
 * `asked` tells whether there was one.
 */
export function stopOnce(ending: string, stop: () => Promise<void>) {
  let asked = false;
  const listener = () => {
    if (asked) process.exit(EXIT.interrupted);
    asked = true;
    console.error(`\n${ending}; Ctrl-C again to quit at once`);
    stop().catch(() => process.exit(EXIT.interrupted));
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return {
    asked: () => asked,
    off: () => void process.off('SIGINT', listener).off('SIGTERM', listener),
  };
}
