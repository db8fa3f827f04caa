/**
 * Recordings in one file: their number and then the length of each, as little-endian u32, and then
 * their samples, a byte each.
 */
export function packSeries(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(4 + 4 * parts.length);
  const view = new DataView(head.buffer);
  view.setUint32(0, parts.length, true);
  parts.forEach((part, i) => {
    view.setUint32(4 + 4 * i, part.length, true);
  });
  return joined([head, ...parts]);
}

/** Parts one after another. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The recordings of a file that packSeries made. Throws, with the file's name and a remedy, for another. */
export function unpackSeries(file: Uint8Array, name: string, remedy: string): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = file.length >= 4 ? view.getUint32(0, true) : 0;
  const head = 4 + 4 * count;
  const lengths =
    head <= file.length
      ? Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i, true))
      : [];
  const expected = head + lengths.reduce((sum, length) => sum + length, 0);
  if (count === 0 || expected !== file.length) {
    throw new Error(
      `data: ${name}: expected recordings, got ${file.length} bytes of something else. ${remedy}`,
    );
  }
  let at = head;
  return lengths.map((length) => file.subarray(at, (at += length)));
}
