import { philox } from '../../engine/philox.ts';

/** Random numbers on the host: float64, the same on every machine. */
export interface Random {
  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
}

/** The random stream number `stream` of `seed`: Philox4x32-10 with that key, counting from zero. */
export function randomStream(seed: number, stream: number): Random {
  let counter = 0;
  let words: number[] = [];
  const word = () => {
    if (words.length === 0) words = philox([counter++, 0, 0, 0], [seed, stream]);
    return words.pop() as number;
  };
  const uniform = () => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  let spare: number | null = null;
  return {
    uniform,
    normal() {
      if (spare !== null) {
        const value = spare;
        spare = null;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log1p(-uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** Items in random order. Source: Fisher and Yates. */
export function shuffled<T>(items: readonly T[], { uniform }: Random): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}
