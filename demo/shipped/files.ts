import type { RunConfig } from '../../run/folder.ts';
import { defaultAddress, formatAddress, infoOf, parseAddress } from '../address.ts';

/** Where the files of runs lie that come with the page, by `model-data`. */
const urls: Record<string, string> = Object.fromEntries(
  Object.entries(
    import.meta.glob<string>('./*.safetensors', { query: '?url', import: 'default', eager: true }),
  ).map(([path, url]) => [path.slice(2, -'.safetensors'.length), url]),
);

/** Which runs come with the page. */
export const shippedRuns = Object.keys(urls).map((name) => {
  const [model, data] = name.split('-');
  return { model, data };
});

/**
 * The file that comes with the page of a run with the default settings, or more or fewer steps; null
 * where none does.
 */
export async function shippedFile(run: RunConfig): Promise<Uint8Array<ArrayBuffer> | null> {
  const { model, data, settings } = run;
  const url = urls[`${model}-${data}`];
  if (!url) return null;
  const usual = parseAddress(defaultAddress(model, data));
  const { steps } = usual.settings;
  const alike =
    formatAddress({ ...run, settings: { ...settings, steps } }) === formatAddress(usual);
  return alike ? fetchFile(url) : null;
}

/** The file of the run that is most like another: of its model, else of its family, else any. */
export async function nearestFile(run: RunConfig): Promise<Uint8Array<ArrayBuffer>> {
  const family = infoOf(run.model)?.family;
  const nearness = ({ model, data }: { model: string; data: string }) =>
    model === run.model ? 2 + Number(data === run.data) : Number(infoOf(model)?.family === family);
  const [{ model, data }] = [...shippedRuns].sort((a, b) => nearness(b) - nearness(a));
  return fetchFile(urls[`${model}-${data}`]);
}

async function fetchFile(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`${url}: expected a file, got HTTP ${response.status}. Reload.`);
  return new Uint8Array(await response.arrayBuffer());
}
