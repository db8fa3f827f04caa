import { Lives } from './lives.ts';
import { type Type, sizeOf } from './types.ts';

/** Statements of a block that run together, and what one invocation computes in them. */
export interface Stretch {
  readonly statements: number;
  readonly flops: number;
}

/** What is noted while a kernel is translated for a trace. */
export class Notes {
  /** Accesses to memory in the text; each has a number. */
  sites = 0;
  readonly stretches: Stretch[] = [];
  readonly lives = new Lives();
  private flops = 0;

  /** Adds a stretch; returns its number. */
  stretch(stretch: Stretch): number {
    return this.stretches.push(stretch) - 1;
  }

  count(flops: number): void {
    this.flops += flops;
  }

  /** Floating-point operations of what `make` translates, blocks inside of it left out. */
  counting(make: () => void): number {
    const before = this.flops;
    this.flops = 0;
    make();
    const own = this.flops;
    this.flops = before;
    return own;
  }

  /** The same for the body of a loop, in which what was declared before stays alive. */
  looping(make: () => void): number {
    const from = this.lives.now;
    const flops = this.counting(make);
    this.lives.loop(from);
    return flops;
  }
}

const isFloat = (type: Type): boolean =>
  type.k === 'mat' || ((type.k === 'scalar' || type.k === 'vec') && type.s === 'f32');

/** Numbers in a scalar, vector or matrix, padding left out. */
const numbers = (type: Type): number => (type.k === 'mat' ? type.n * type.rows : sizeOf(type));

/** Floating-point operations of an operator: one per number of the result, products of matrices as sums. */
export function binaryFlops(op: string, a: Type, b: Type): number {
  if (!/^[-+*/%]$/.test(op) || !(isFloat(a) || isFloat(b))) return 0;
  const inner = a.k === 'mat' ? a.n : b.k === 'mat' ? b.rows : 0;
  if (op !== '*' || a.k === 'scalar' || b.k === 'scalar' || inner === 0)
    return Math.max(numbers(a), numbers(b));
  const rows = a.k === 'mat' ? a.rows : 1;
  const columns = b.k === 'mat' ? b.n : 1;
  return rows * columns * (2 * inner - 1);
}

const free =
  /^(select|bitcast|abs|sign|transpose|all|any|arrayLength|(un)?pack\w+|workgroup\w+|storageBarrier|atomic\w+|subgroup(Broadcast|Shuffle|Elect|Any|All|Ballot)\w*)$/;
const dear: Readonly<Record<string, number>> = { fma: 2, mix: 3, clamp: 2 };

/** Floating-point operations of a builtin: 2 for fma, 3 for mix, else 1 per number of the result. */
export function builtinFlops(name: string, args: readonly Type[]): number {
  const [first] = args;
  if (free.test(name) || !args.some(isFloat)) return 0;
  if (name === 'dot') return 2 * numbers(first) - 1;
  if (name === 'length') return 2 * numbers(first);
  return Math.max(...args.map(numbers)) * (dear[name] ?? 1);
}
