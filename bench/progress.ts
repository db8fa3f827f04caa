const minutes = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/**
 * Progress with remaining time on stderr: one line that rewrites itself in a terminal, one line per
 * part elsewhere.
 * @param parts names and rough relative costs, in the order they will begin
 */
export function progress(parts: { name: string; cost: number }[]) {
  const total = parts.reduce((sum, { cost }) => sum + cost, 0);
  const started = Date.now();
  const terminal = process.stderr.isTTY;
  let done = 0;
  let current = { name: '', cost: 0 };
  let shown = '';

  function tell(fraction: number, note: string): void {
    const part = done + fraction * current.cost;
    const spent = (Date.now() - started) / 1000;
    const eta =
      part > 0.1 * total ? `, about ${minutes((spent / part) * (total - part))} left` : '';
    const line = `${Math.round((100 * part) / total)}% ${current.name}: ${note}${eta}`;
    if (terminal) process.stderr.write(`\r\x1b[K${line.slice(0, process.stderr.columns - 1)}`);
    else if (note !== shown) process.stderr.write(`${line}\n`);
    shown = note;
  }

  return {
    tell,
    begin(name: string): void {
      done += current.cost;
      current = parts.find((part) => part.name === name) ?? { name, cost: 0 };
      shown = '';
    },
    end(): void {
      if (terminal) process.stderr.write('\r\x1b[K');
      process.stderr.write(`bench: done in ${minutes((Date.now() - started) / 1000)}\n`);
    },
  };
}
