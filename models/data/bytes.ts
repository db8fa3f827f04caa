/**
 * The bytes behind a URL: fetched in a browser, read from disk in Node. Throws with the URL when
 * they cannot be had.
 */
export async function bytesAt(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === 'file:') {
    const { readFileSync } = process.getBuiltinModule('node:fs'); // not import: for bundlers
    return new Uint8Array(readFileSync(url));
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(
      `data: ${url.pathname}: expected a file, got HTTP ${response.status}. Run npm install and reload.`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * The bytes of a set that is fetched on request into .cache/data. Throws with the command that fetches
 * it where it is not there.
 */
export async function optionalAt(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const path = `../../.cache/data/${name}.bin`; // apart from the URL: bundlers must not follow it
  try {
    return await bytesAt(new URL(path, import.meta.url));
  } catch {
    throw new Error(
      `data: ${name}: expected .cache/data/${name}.bin, found none. Run npm run data -- ${name}.`,
    );
  }
}
