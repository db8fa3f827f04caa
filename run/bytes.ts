const CHUNK = 0x8000; // arguments that a call may safely have

/** Bytes as base64 text, for the channel to Node. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) {
    parts.push(String.fromCharCode(...bytes.subarray(i, i + CHUNK)));
  }
  return btoa(parts.join(''));
}

/** The bytes of base64 text. */
export async function fromBase64(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`data:application/octet-stream;base64,${text}`);
  return new Uint8Array(await response.arrayBuffer());
}
