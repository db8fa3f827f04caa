import type { Roofs } from '../../bench/types.ts';
import { keepText, keptText } from '../kept-text.ts';

const nameOf = (adapterClass: string) => `eightfold roofs ${adapterClass}`;

/** Keeps what a class of adapters can do at most, for the other pages. */
export function keepRoofs(adapterClass: string, roofs: Roofs): void {
  keepText(nameOf(adapterClass), JSON.stringify(roofs)); // a browser that keeps nothing measures again
}

/** What the bench has measured of an adapter in this browser, by its name; null where it has not. */
export function keptRoofs(adapterName: string): Roofs | null {
  const [vendor, architecture = ''] = adapterName.split(' ');
  try {
    return JSON.parse(keptText(nameOf(`${vendor} ${architecture}`.trim())) ?? 'null');
  } catch {
    return null; // something else in the place
  }
}
