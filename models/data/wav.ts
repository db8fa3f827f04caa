/** Samples -1..1 of one channel as a WAV file of 16-bit PCM. */
export function waveFile(samples: ArrayLike<number>, rate: number): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(HEAD + 2 * samples.length);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string) => file.set(new TextEncoder().encode(letters), at);
  text(0, 'RIFF');
  view.setUint32(4, file.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); // size of what follows up to the samples
  view.setUint16(20, PCM, true);
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true); // bytes a second
  view.setUint16(32, 2, true); // bytes of a sample
  view.setUint16(34, 16, true); // bits
  text(36, 'data');
  view.setUint32(40, file.length - HEAD, true);
  for (let i = 0; i < samples.length; i++) {
    view.setInt16(HEAD + 2 * i, Math.round(32767 * samples[i]), true);
  }
  return file;
}

const HEAD = 44;
const PCM = 1;

/** Recordings of samples -1..1 after one another, with a quarter of a second of silence after each. */
export function inTurn(recordings: readonly ArrayLike<number>[], rate: number): Float32Array {
  const pause = Math.round(rate / 4);
  const all = new Float32Array(recordings.reduce((sum, r) => sum + r.length + pause, 0));
  let at = 0;
  for (const recording of recordings) {
    all.set(recording, at);
    at += recording.length + pause;
  }
  return all;
}
