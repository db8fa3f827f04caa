/** A loss as people read it: four digits. */
export function lossText(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1e5 || (size < 1e-3 && size > 0)) return value.toExponential(2);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3).replace('-', '−');
}

/** A number with thin spaces between the thousands. */
export const countText = (value: number): string =>
  String(value).replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, '\u202f');

/** A number of bytes, e.g. `3.1 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** A name of a setting, a preset or a data set as people read it. */
export const nameText = (name: string): string => name.replaceAll('_', ' ');

/** Milliseconds, e.g. `0.042 ms`. */
export const msText = (ms: number): string => {
  if (Number.isNaN(ms)) return '–';
  return `${ms.toFixed(ms < 1 ? 3 : ms < 10 ? 2 : 1)} ms`;
};

/** A moment, ms since 1970, as `today, 14:02` or `12 Nov 2026, 14:02`. */
export function whenText(ms: number): string {
  const then = new Date(ms);
  const time = then.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const today = then.toDateString() === new Date().toDateString();
  return `${today ? 'today' : then.toLocaleDateString([], { dateStyle: 'medium' })}, ${time}`;
}

/** Seconds as `42 s`, `3 min` or `2 h 7 min`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
