import { convolutions } from './products.ts';

export const cases = convolutions('conv2d_input');
