import type { Kernel } from '../engine/kernel.ts';

/** Where a file says what it is: paragraphs, and lines that keep their spaces, such as formulas. */
export interface Block {
  kind: 'text' | 'lines';
  text: string;
}

/** A line of code that says which equation it computes. */
export interface Equation {
  line: number;
  code: string;
  says: string;
}

/** What a model's file says of itself. */
export interface FilePage {
  name: string;
  header: Block[];
  equations: Equation[];
  /** What it says at its end, as of what differs from the paper. */
  after: Block[];
}

/** A folder of models: its README as HTML, and its files. */
export interface FamilyPage {
  html: string;
  files: FilePage[];
}

/** A folder of kernels: its README as HTML, and its variants in reading order. */
export interface ContractPage {
  html: string;
  kernels: Kernel[];
}

/** Headings with the contracts that stand below them. */
export type Outline = { title: string; contracts: string[] }[];

/** Of each model of the catalog its files below `models/`, first its own, and what its tests claim. */
export type ModelTable = Record<string, { files: string[]; claim: string }>;
