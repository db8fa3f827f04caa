import { nearest, resized } from './images.ts';

export const cases = resized(nearest, false);
