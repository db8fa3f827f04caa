let release: (() => void) | null = null;

/**
 * Keeps a hidden page's training going: browsers that freeze busy background pages to save energy
 * spare those that hold a Web Lock.
 */
export function stayAwake(wanted: boolean): void {
  if (wanted === (release !== null)) return;
  release?.();
  release = null;
  if (!wanted) return;
  const held = new Promise<void>((done) => {
    release = done;
  });
  navigator.locks?.request(`eightfold training ${performance.timeOrigin}`, () => held);
}
