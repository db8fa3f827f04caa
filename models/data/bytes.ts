/**
 * The bytes behind a URL: fetched in a browser, read from disk in Node. Throws with the URL when
 * they cannot be had.
 */
export async function bytesAt(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === 'file:') {
    const files = 'node:fs/promises'; // a variable, so that no bundler looks for it
    const { readFile } = await import(/* @vite-ignore */ files);
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(
      `data: ${url.pathname}: expected a file, got HTTP ${response.status}. Run npm install and reload.`,
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
