import { useDawn } from '../../tools/dawn.ts';

// Before anything else: listening to errors wraps WebGPU's prototypes.
await useDawn();
await import('../browser/setup.ts');
