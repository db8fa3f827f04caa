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
