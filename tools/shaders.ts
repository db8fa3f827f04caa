import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kernel } from '../engine/kernel.ts';
import { checkContract } from './contract.ts';
import { type Functions, splitFunctions } from './functions.ts';
import { reflect } from './reflect.ts';

/** The folder of the kernels. */
export const SHADERS = fileURLToPath(new URL('../shaders', import.meta.url));

/** A file of this name holds scalar functions, not a kernel. */
export const isLibrary = (file: string) => basename(file) === 'functions.wgsl';

/** Names of the contract folders, sorted. */
export function contracts(root = SHADERS): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Paths below `root` of the `.wgsl` files of one contract, in reading order. */
export function filesOf(contract: string, root = SHADERS): string[] {
  return readdirSync(join(root, contract))
    .filter((name) => name.endsWith('.wgsl'))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1))
    .map((name) => `${contract}/${name}`);
}

/**
 * Reads and checks all variants of one contract folder, in reading order.
 * @throws WgslError with file and line where one breaks a rule
 */
export function readContract(contract: string, root = SHADERS): Kernel[] {
  const kernels = filesOf(contract, root)
    .filter((file) => !isLibrary(file))
    .map((file) => reflect(readFileSync(join(root, file), 'utf8'), file));
  checkContract(kernels);
  return kernels;
}

/** Reads one library file, such as `pointwise/functions.wgsl`. */
export const readFunctions = (file: string, root = SHADERS): Functions =>
  splitFunctions(readFileSync(join(root, file), 'utf8'), file);
