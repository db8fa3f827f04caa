import type { Uniform } from './chain.ts';
import type { Graph } from './graph.ts';
import { type DType, isFloat, type Tensor } from './tensor.ts';

/** A word of the uniform buffer that comes from a plain number of the recording. */
export interface NumberWord {
  readonly word: number;
  /** The number's node in the graph. */
  readonly local: number;
  readonly dtype: DType;
}

const SLOT = 256; // alignment of a uniform binding, at the spec's default limit

/** Collects uniform blocks at aligned offsets of one buffer. */
export class Uniforms {
  bytes = 0;
  readonly numbers: NumberWord[] = [];
  private readonly blocks: { offset: number; uniform: Uniform }[] = [];
  private readonly graph: Graph;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  add(uniform: Uniform): number {
    const offset = this.bytes;
    this.blocks.push({ offset, uniform });
    this.bytes += Math.ceil((uniform.fields.length * 4) / SLOT) * SLOT;
    return offset;
  }

  words(): Uint32Array {
    const words = new Uint32Array(this.bytes / 4);
    const floats = new Float32Array(words.buffer);
    for (const { offset, uniform } of this.blocks) {
      uniform.fields.forEach(({ type, value }, i) => {
        const word = offset / 4 + i;
        if (typeof value === 'number') {
          if (isFloat(type)) floats[word] = value;
          else words[word] = value;
        } else this.number(word, value, words, floats);
      });
    }
    return words;
  }

  private number(word: number, t: Tensor, words: Uint32Array, floats: Float32Array): void {
    const { value } = t.node.attrs;
    if (isFloat(t.dtype)) floats[word] = value;
    else words[word] = value;
    // A constant of the planner's own is in no graph.
    if (this.graph.nodes[t.node.local] === t.node) {
      this.numbers.push({ word, local: t.node.local, dtype: t.dtype });
    }
  }
}
