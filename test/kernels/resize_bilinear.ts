import { bilinear, resized } from './images.ts';

export const cases = resized(bilinear, false);
